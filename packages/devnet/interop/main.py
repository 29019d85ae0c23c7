"""Unmodified Python clients against a running devnet: main.py <url> <folder> <result file> <node ...>"""

import json
import os
import sys

url, folder, result_file, *node = sys.argv[1:]
sys.argv = sys.argv[:1]
os.environ["HOME"] = folder  # before the import: the SDK makes ~/.bittensor
os.environ["BT_NO_PARSE_CLI_ARGS"] = "true"

import bittensor  # noqa: E402
import steps  # noqa: E402
import world  # noqa: E402

# Registered in this order, run in this order.
import chain_steps  # noqa: E402, F401
import neuron_steps  # noqa: E402, F401
import weight_steps  # noqa: E402, F401
import wallet_steps  # noqa: E402, F401
import http_steps  # noqa: E402, F401
import wandb_steps  # noqa: E402, F401

bittensor.logging.off()  # refusals are part of the steps; a failing one says why itself
print(f"bittensor {bittensor.__version__} against {url}", flush=True)
passed, failed = steps.run_all(world.World(url, node, folder))
with open(result_file, "w", encoding="utf8") as file:
    json.dump({"passed": passed, "failed": failed, "skipped": 0}, file)
print(f"{passed} passed, {failed} failed", flush=True)
sys.exit(1 if failed else 0)
