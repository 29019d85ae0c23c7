"""What the steps share: the chain under test, the keys, and the neurond CLI."""

import json
import subprocess
import urllib.request
from pathlib import Path

from bittensor import Subtensor
from bittensor_wallet import Wallet
from steps import Failed


class World:
    netuid = 1

    def __init__(self, url, node, folder):
        self.url = url
        self.node = node
        self.wallets = Path(folder) / "wallets"
        self.subtensor = None
        self.sudo_wallet = self.wallet("sudo", "//Alice", "//Alice//sudo")
        self.validator = self.wallet("validator", "//Alice", "//Alice//validator")
        self.miner = self.wallet("miner", "//Bob", "//Bob//miner")

    def connect(self):
        self.subtensor = Subtensor(network=self.url)
        return self.subtensor

    def wallet(self, name, coldkey_uri, hotkey_uri):
        wallet = Wallet(name=name, hotkey="default", path=str(self.wallets))
        wallet.create_coldkey_from_uri(coldkey_uri, use_password=False, overwrite=True, suppress=True)
        wallet.create_hotkey_from_uri(hotkey_uri, use_password=False, overwrite=True, suppress=True)
        return wallet

    def uid(self, wallet):
        return self.subtensor.get_uid_for_hotkey_on_subnet(wallet.hotkey.ss58_address, self.netuid)

    def sudo(self, function, **parameters):
        """An AdminUtils setter, called by the chain's sudo key as an operator would."""
        inner = self.subtensor.compose_call("AdminUtils", function, parameters)
        call = self.subtensor.compose_call("Sudo", "sudo", {"call": inner})
        return self.subtensor.sign_and_send_extrinsic(call, self.sudo_wallet)

    def development(self, method, *parameters):
        """A development method of the chain, over plain HTTP."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
        request = urllib.request.Request(
            self.url.replace("ws://", "http://"),
            data=json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            result = json.load(answer)
        if "error" in result:
            raise Failed(f"{method}: {result['error']}")
        return result["result"]

    def neurond(self, *arguments):
        """Runs the neurond CLI and returns what it printed as JSON."""
        return json.loads(self.run("apps/cli/bin/neurond.mjs", *arguments, "--json"))

    def timelock(self, *arguments):
        """Seals or opens with @neurond/crypto; hexadecimal in and out."""
        return self.run("packages/devnet/interop/timelock.ts", *arguments).strip()

    def run(self, script, *arguments):
        """Runs a script of the repository under its own Node."""
        command = [*self.node, script, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
            raise Failed(f"{script} {' '.join(arguments[:2])} ended with {done.returncode}: {''.join(said)}")
        return done.stdout
