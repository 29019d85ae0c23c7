import { spawn } from "node:child_process";
import { once } from "node:events";
import type { z } from "zod";
import { type Action, defineService } from "../../action.ts";
import type { Call } from "../../call.ts";
import { nodeArguments, type Program } from "../localnet/programs.ts";
import type { RunShape } from "./schemas.ts";

type Ended = z.infer<typeof RunShape>;

const PROGRAMS: Readonly<Record<Ended["daemon"], Program>> = {
  miner: "miner",
  validator: "validator",
  api: "storage-api",
};

/** `neurond run miner`, and its like. */
export function runAction(daemon: Ended["daemon"], what: string): Action {
  return defineService<Ended>({
    name: daemon,
    summary: `run ${what}`,
    description:
      "Everything behind the daemon's name is its own: options are passed on as they stand, and what it prints is its own too. It is asked to end when this command is, and then ends in order.",
    args: [
      { flags: "[options...]", description: "for the daemon; `-- --help` shows what it takes" },
    ],
    examples: [`neurond run ${daemon} --netuid 21 --wallet.name me --wallet.hotkey first`],
    schema: async () => (await import("./schemas.ts")).RunShape,
    serve: async (call, ready) => ready(await runDaemon(call, daemon)),
    exitCode: ({ exitCode, signal }) => (exitCode === 0 || signal === "SIGTERM" ? 0 : 1),
    human: ({ exitCode, signal }) =>
      `${daemon} ended ${signal === null ? `with exit code ${exitCode}` : `by ${signal}`}`,
  });
}

async function runDaemon(call: Call, daemon: Ended["daemon"]): Promise<Ended> {
  const args = nodeArguments(PROGRAMS[daemon], call.args);
  const child = spawn(process.execPath, args, {
    env: { ...call.env },
    // With --json, stdout is the result's alone.
    stdio: ["inherit", call.on("json") ? 2 : "inherit", "inherit"],
  });
  const end = () => child.kill("SIGTERM");
  call.signal.addEventListener("abort", end, { once: true });
  try {
    if (call.signal.aborted) end();
    const [exitCode, signal] = await once(child, "exit");
    return { daemon, exitCode, signal };
  } finally {
    call.signal.removeEventListener("abort", end);
  }
}
