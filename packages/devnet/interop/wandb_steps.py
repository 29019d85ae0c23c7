"""wandb's own client and ours leave the same run at one strict server."""

import json
import os
import subprocess
import time

from steps import equal, step

KEY = "0123456789abcdef0123456789abcdef01234567"
ROWS = [{"task_name": "Store", "block": 7, "rewards": [0.5]}, {"task_name": "Monitor", "block": 9, "rewards": []}]


@step("wandb's own client leaves at our server the run that ours leaves there")
def wandb_run(world):
    command = [*world.node, "packages/storage-rules/interop/wandb.ts", KEY]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as server:
        os.environ |= {
            "WANDB_BASE_URL": server.stdout.readline().strip(),
            "WANDB_API_KEY": KEY,
            "WANDB_ERROR_REPORTING": "false",
            "WANDB_SILENT": "true",
        }
        import wandb  # reads the environment

        quiet = {"console": "off", "x_disable_stats": True, "x_disable_meta": True, "disable_git": True}
        about = {"project": "trial", "entity": "team", "notes": "by hand", "tags": ["5H", "netuid_21"]}
        folder = world.wallets.parent
        run = wandb.init(dir=folder, settings=wandb.Settings(**quiet), **about)
        (folder / "miner_stats.json").write_text("{}")
        run.save(str(folder / "miner_stats.json"), base_path=str(folder), policy="now")
        for row in ROWS:
            run.log(row)
        run.finish()
        lines = [
            json.dumps({"_step": at, "_timestamp": time.time(), "_runtime": 0, **row})
            for at, row in enumerate(ROWS)
        ]
        answer, _ = server.communicate("\n".join(lines), timeout=30)
    told = json.loads(answer)
    equal(told["faults"], [], "faults of the requests")
    theirs, ours = told["received"]
    equal(theirs, ours, "the run of wandb's client, and ours")
