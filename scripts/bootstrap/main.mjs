import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { asFailure } from "./failure.mjs";
import { ensureInstalled } from "./install.mjs";
import { runSteps } from "./run.mjs";
import { stepsOf } from "./tasks.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Installs what is missing, then runs the task under Node 24; sets the exit code. */
export async function main([task, ...args]) {
  try {
    const steps = stepsOf(task, args);
    await ensureInstalled(root);
    process.exitCode = await runSteps(root, steps);
  } catch (error) {
    const failure = asFailure(error);
    if (failure.log) process.stderr.write(`${failure.log}\n`);
    process.stderr.write(`neurond: ${failure.code}: ${failure.message}\n`);
    process.exitCode = failure.exitCode;
  }
}
