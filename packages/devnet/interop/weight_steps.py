"""Weights through the SDK, in the clear and timelocked, and the ciphertext against its Rust maker."""

import hashlib

import bittensor_drand
from chain_steps import TEMPO
from steps import equal, expect, step, succeeded

BLOCK_SECONDS = 0.25
ROUND = 1000  # long published: its signature is known, so both sides can open what the other sealed
SIGNATURE = (
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125"
    "e342b73a8dd2bacbe47e4b6b63ed5e39"
)
# Drand.Pulses of round 1000: blake2_128_concat over the little-endian u64.
PULSE_KEY = (
    "0xa285cdb66e8b8524ea70b1693c7b1e050d8e70fd32bfb1639703f9a23d15b15e"
    "646b8858c86fefefe34a7c69e60c9917e803000000000000"
)


@step("set_weights in the clear is read back row by row")
def plain(world):
    validator, miner = world.uid(world.validator), world.uid(world.miner)
    response = world.subtensor.set_weights(
        world.validator, world.netuid, [validator, miner], [0.25, 1.0], version_key=0
    )
    succeeded(response, "set_weights")
    rows = dict(world.subtensor.weights(world.netuid))
    equal(sorted(tuple(pair) for pair in rows[validator]), [(validator, 16384), (miner, 65535)], "row")


@step("weights of a neuron without a permit are refused by the runtime's own name")
def no_permit(world):
    uids = [world.uid(world.validator)]
    response = world.subtensor.set_weights(world.miner, world.netuid, uids, [1.0], version_key=0)
    expect(not response.success, "set_weights went through")
    expect("NeuronNoValidatorPermit" in response.message, response.message)


@step("set_weights too soon is refused")
def too_soon(world):
    limit = {"netuid": world.netuid, "weights_set_rate_limit": 10_000}
    succeeded(world.sudo("sudo_set_weights_set_rate_limit", **limit), "rate limit")
    before = dict(world.subtensor.weights(world.netuid))
    expect(before.get(world.uid(world.validator)), "there are no first weights to be soon after")
    uid = world.uid(world.miner)
    response = world.subtensor.set_weights(world.validator, world.netuid, [uid], [1.0], version_key=0)
    expect(not response.success, "the second set_weights went through")
    equal(dict(world.subtensor.weights(world.netuid)), before, "weights")
    limit["weights_set_rate_limit"] = 0
    succeeded(world.sudo("sudo_set_weights_set_rate_limit", **limit), "rate limit")


@step("set_weights under commit-reveal leaves a timelocked commit with its round")
def timelocked(world):
    enable = {"netuid": world.netuid, "enabled": True}
    succeeded(world.sudo("sudo_set_commit_reveal_weights_enabled", **enable), "commit-reveal")
    response = world.subtensor.set_weights(
        world.validator,
        world.netuid,
        [world.uid(world.miner)],
        [1.0],
        block_time=BLOCK_SECONDS,
        version_key=0,
    )
    succeeded(response, "set_weights")
    commits = world.subtensor.get_timelocked_weight_commits(world.netuid)
    own = [commit for commit in commits if commit[0] == world.validator.hotkey.ss58_address]
    equal(len(own), 1, "commits of the validator")
    equal(own[0][3], response.data["reveal_round"], "reveal round")


@step("the chain opens weights sealed by bittensor_drand with the real pulse of their round")
def reveals(world):
    miner = world.uid(world.miner)
    key = world.validator.hotkey.public_key
    payload = b"\x80" + key + one_u16(miner) + one_u16(7) + bytes(8)
    parameters = {
        "netuid": world.netuid,
        "mecid": 0,
        "commit": "0x" + container(payload).hex(),
        "reveal_round": ROUND,
        "commit_reveal_version": 4,
    }
    call = world.subtensor.compose_call(
        "SubtensorModule", "commit_timelocked_mechanism_weights", parameters
    )
    response = world.subtensor.sign_and_send_extrinsic(call, world.validator, sign_with="hotkey")
    succeeded(response, "commit_timelocked_mechanism_weights")
    signature = bytes.fromhex(SIGNATURE)
    pulse = ROUND.to_bytes(8, "little") + b"\x80" + hashlib.sha256(signature).digest()
    world.development("dev_setStorage", [[PULSE_KEY, "0x" + (pulse + b"\xc0" + signature).hex()]])
    world.development("dev_newBlocks", 2 * TEMPO)
    row = dict(world.subtensor.weights(world.netuid))[world.uid(world.validator)]
    equal([tuple(pair) for pair in row], [(miner, 65535)], "row")


def one_u16(value):
    """A SCALE vector of one u16."""
    return b"\x04" + value.to_bytes(2, "little")


def container(plaintext):
    """The ciphertext alone: the SDK's envelope is SCALE (compact length, container, round)."""
    envelope, _ = bittensor_drand.encrypt_at_round(plaintext, ROUND)
    size = int.from_bytes(envelope[:2], "little") >> 2
    return envelope[2 : 2 + size]


@step("neurond opens what bittensor_drand sealed")
def opens_theirs(world):
    opened = world.timelock("open", container(b"from Rust").hex(), SIGNATURE)
    equal(opened, b"from Rust".hex(), "plaintext")


@step("bittensor_drand opens what neurond sealed")
def opened_by_them(world):
    sealed = bytes.fromhex(world.timelock("seal", b"from TypeScript".hex(), str(ROUND)))
    length = (len(sealed) << 2 | 1).to_bytes(2, "little")
    envelope = length + sealed + ROUND.to_bytes(8, "little")
    equal(bittensor_drand.decrypt_with_signature(envelope, SIGNATURE), b"from TypeScript", "plaintext")
