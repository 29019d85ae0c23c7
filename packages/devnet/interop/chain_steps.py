"""The SDK as a reader of the chain, and as the operator who prepares a subnet."""

import asyncio

from async_substrate_interface import AsyncSubstrateInterface
from bittensor.utils.balance import Balance
from steps import equal, expect, step, succeeded

TEMPO = 20


@step("the SDK connects and sees blocks grow")
def connects(world):
    subtensor = world.connect()
    first = subtensor.get_current_block()
    subtensor.wait_for_block(first + 2)
    expect(subtensor.get_current_block() >= first + 2, "the block number did not grow")


@step("async-substrate-interface decodes metadata, a block, its events and a storage map")
def asynchronous(world):
    async def read():
        async with AsyncSubstrateInterface(world.url, ss58_format=42, chain_name="Bittensor") as chain:
            head = await chain.get_chain_head()
            block = await chain.get_block(block_hash=head)
            events = await chain.get_events(head)
            tempos = {uid async for uid, _ in await chain.query_map("SubtensorModule", "Tempo")}
            deposit = await chain.get_constant("Balances", "ExistentialDeposit")
            return block, events, tempos, deposit

    block, events, tempos, deposit = asyncio.run(read())
    expect(block["header"]["number"] > 0, "the head has no number")
    expect(len(events) > 0, "a block without the events of its timestamp")
    expect({0, world.netuid} <= tempos, f"netuids in the map: {tempos}")
    equal(getattr(deposit, "value", deposit), 500, "existential deposit in rao")


@step("async-substrate-interface follows new heads and unsubscribes")
def follows(world):
    async def watch():
        seen = []

        async def handler(header):
            seen.append(header["header"]["number"])
            return seen if len(seen) == 3 else None

        async with AsyncSubstrateInterface(world.url, ss58_format=42, chain_name="Bittensor") as chain:
            await asyncio.wait_for(chain.subscribe_block_headers(handler), timeout=30)
        return seen

    seen = asyncio.run(watch())
    equal(seen, list(range(seen[0], seen[0] + 3)), "heads in order")


@step("a transfer moves what it says")
def transfers(world):
    receiver = world.miner.hotkey.ss58_address
    before = world.subtensor.get_balance(receiver)
    succeeded(world.subtensor.transfer(world.validator, receiver, Balance.from_tao(1.5)), "transfer")
    equal(world.subtensor.get_balance(receiver).rao - before.rao, 1_500_000_000, "rao received")


@step("the sudo key sets the subnet's hyperparameters")
def prepares(world):
    netuid = world.netuid
    for function, parameters in [
        ("sudo_set_admin_freeze_window", {"window": 0}),
        ("sudo_set_tempo", {"netuid": netuid, "tempo": TEMPO}),
        ("sudo_set_weights_set_rate_limit", {"netuid": netuid, "weights_set_rate_limit": 0}),
        ("sudo_set_commit_reveal_weights_enabled", {"netuid": netuid, "enabled": False}),
        ("sudo_set_network_registration_allowed", {"netuid": netuid, "registration_allowed": True}),
        ("sudo_set_subtoken_enabled", {"netuid": netuid, "subtoken_enabled": True}),
    ]:
        succeeded(world.sudo(function, **parameters), function)


@step("the SDK reads the hyperparameters that were set")
def hyperparameters(world):
    got = world.subtensor.get_subnet_hyperparameters(world.netuid)
    equal(got.tempo, TEMPO, "tempo")
    equal(got.weights_rate_limit, 0, "weights_rate_limit")
    equal(got.commit_reveal_weights_enabled, False, "commit_reveal_weights_enabled")


@step("a sudo call by another key is refused and changes nothing")
def refuses(world):
    parameters = {"netuid": world.netuid, "tempo": TEMPO + 1}
    inner = world.subtensor.compose_call("AdminUtils", "sudo_set_tempo", parameters)
    call = world.subtensor.compose_call("Sudo", "sudo", {"call": inner})
    response = world.subtensor.sign_and_send_extrinsic(call, world.miner)
    expect(not response.success, "the call went through")
    equal(world.subtensor.tempo(world.netuid), TEMPO, "tempo")
