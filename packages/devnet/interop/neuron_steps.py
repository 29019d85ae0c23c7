"""The life of a neuron through the SDK: register, stake, serve, commit to something, be seen."""

from bittensor import Axon
from bittensor.utils.balance import Balance
from chain_steps import TEMPO
from steps import equal, expect, step, succeeded

IP, PORT = "203.0.113.7", 8091


@step("burned_register gives a hotkey its uid and takes the burn")
def registers(world):
    for wallet in (world.validator, world.miner):
        before = world.subtensor.get_balance(wallet.coldkeypub.ss58_address)
        succeeded(world.subtensor.burned_register(wallet, world.netuid), "burned_register")
        expect(world.uid(wallet) is not None, "no uid after registration")
        after = world.subtensor.get_balance(wallet.coldkeypub.ss58_address)
        expect(after.rao < before.rao, "nothing was paid")


@step("a registered hotkey is not registered twice")
def registers_once(world):
    uid = world.uid(world.miner)
    succeeded(world.subtensor.burned_register(world.miner, world.netuid), "burned_register")
    equal(world.uid(world.miner), uid, "uid")


@step("stake on the validator gives it a permit at the next epoch")
def stakes(world):
    hotkey = world.validator.hotkey.ss58_address
    response = world.subtensor.add_stake(world.validator, world.netuid, hotkey, Balance.from_tao(100))
    succeeded(response, "add_stake")
    coldkey = world.validator.coldkeypub.ss58_address
    expect(world.subtensor.get_stake(coldkey, hotkey, world.netuid).rao > 0, "no stake is seen")
    world.development("dev_newBlocks", TEMPO + 1)
    metagraph = world.subtensor.metagraph(world.netuid)
    expect(bool(metagraph.validator_permit[world.uid(world.validator)]), "no validator permit")


@step("serve_axon puts address and port in the metagraph")
def serves(world):
    axon = Axon(wallet=world.miner, port=PORT, external_ip=IP)
    succeeded(world.subtensor.serve_axon(world.netuid, axon), "serve_axon")
    seen = world.subtensor.metagraph(world.netuid).axons[world.uid(world.miner)]
    equal((seen.ip, seen.port), (IP, PORT), "axon")
    equal(seen.hotkey, world.miner.hotkey.ss58_address, "hotkey of the axon")


@step("the metagraph tells every neuron's keys, block and stake")
def metagraph(world):
    seen = world.subtensor.metagraph(world.netuid, lite=False)
    uid = world.uid(world.validator)
    equal(seen.hotkeys[uid], world.validator.hotkey.ss58_address, "hotkey")
    equal(seen.coldkeys[uid], world.validator.coldkeypub.ss58_address, "coldkey")
    equal(int(seen.n), len(seen.hotkeys), "n")
    expect(float(seen.stake[uid]) > 0, "no stake in the metagraph")
    neurons = world.subtensor.neurons_lite(world.netuid)
    equal([neuron.hotkey for neuron in neurons], list(seen.hotkeys), "hotkeys of neurons_lite")


@step("set_commitment is read back by uid and among all")
def commits(world):
    text = "neurond interop"
    succeeded(world.subtensor.set_commitment(world.miner, world.netuid, text), "set_commitment")
    equal(world.subtensor.get_commitment(world.netuid, world.uid(world.miner)), text, "commitment")
    everyone = world.subtensor.get_all_commitments(world.netuid)
    equal(everyone.get(world.miner.hotkey.ss58_address), text, "commitment among all")


@step("neurond reads what the SDK wrote")
def neurond_reads(world):
    seen = world.neurond("commitments", "show", "--netuid", str(world.netuid), "--network", world.url)
    expect(world.miner.hotkey.ss58_address in str(seen), f"hotkey is not in {seen}")
