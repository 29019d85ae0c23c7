"""Keyfiles both ways: made by bittensor_wallet and read by neurond, and the other way round."""

from bittensor_wallet import Keypair, Wallet
from steps import expect, step


def flags(world, name, hotkey):
    return [
        *("--wallet.path", str(world.wallets)),
        *("--wallet.name", name),
        *("--wallet.hotkey", hotkey),
    ]


@step("neurond reads a hotkey and a coldkeypub that the SDK made")
def reads_theirs(world):
    wallet = Wallet(name="theirs", hotkey="new", path=str(world.wallets))
    wallet.create_new_coldkey(use_password=False, overwrite=True, suppress=True)
    wallet.create_new_hotkey(use_password=False, overwrite=True, suppress=True)
    shown = str(world.neurond("keys", "show", *flags(world, "theirs", "new")))
    expect(wallet.hotkey.ss58_address in shown, f"hotkey is not in {shown}")
    expect(wallet.coldkeypub.ss58_address in shown, f"coldkey is not in {shown}")


def verified(keypair, signed):
    """The signature that `keys sign --json` printed, under whatever name, is the keypair's."""
    signature = next(str(value) for value in signed.values() if len(str(value)) in (128, 130))
    message = b"interop"
    expect(keypair.verify(message, bytes.fromhex(signature.removeprefix("0x"))), "not verified")


@step("neurond signs with the SDK's hotkey and the SDK verifies it")
def signs_with_theirs(world):
    signed = world.neurond("keys", "sign", "interop", *flags(world, "theirs", "new"))
    verified(Wallet(name="theirs", hotkey="new", path=str(world.wallets)).hotkey, signed)


@step("the SDK opens a hotkey that neurond made, and they sign alike")
def reads_ours(world):
    made = str(world.neurond("keys", "new", *flags(world, "ours", "new")))
    hotkey = Wallet(name="ours", hotkey="new", path=str(world.wallets)).hotkey
    expect(hotkey.ss58_address in made, f"{hotkey.ss58_address} is not in {made}")
    signature = hotkey.sign(b"interop")
    expect(Keypair(ss58_address=hotkey.ss58_address).verify(b"interop", signature), "not verified")


@step("neurond signs with a hotkey that the SDK encrypted, given its password")
def opens_encrypted(world):
    wallet = Wallet(name="theirs", hotkey="locked", path=str(world.wallets))
    wallet.create_new_hotkey(
        use_password=True, hotkey_password="correct horse", overwrite=True, suppress=True
    )
    password = world.wallets / "password"
    password.write_text("correct horse\n", encoding="utf8")
    arguments = [*flags(world, "theirs", "locked"), "--wallet.password-file", str(password)]
    verified(wallet.hotkeypub, world.neurond("keys", "sign", "interop", *arguments))
