import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Measure, Reference } from "../bench.ts";

/** Milliseconds from the start of a Node process to its end. */
export const processMs =
  (...args: readonly string[]): Measure =>
  async () => {
    const started = performance.now();
    const [code] = await once(spawn(process.execPath, args, { stdio: "ignore" }), "exit");
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}`);
    return performance.now() - started;
  };

/** What any process of ours takes at least. */
export const EMPTY_PROCESS: Reference = {
  name: "an empty Node process",
  measure: processMs("-e", ""),
};
