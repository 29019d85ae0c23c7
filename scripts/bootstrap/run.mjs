import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { forwardSignals } from "./signals.mjs";

/** The binary of the npm package `node`, with which everything after the install runs. */
export function runtimePath(root) {
  return join(root, "node_modules", "node", "bin", "node");
}

/**
 * Runs every step, also after one failed (a test run then shows the whole picture), and returns the
 * first exit code that is not 0. Steps in a list of their own run side by side. A signal ends the sequence.
 */
export async function runSteps(root, steps) {
  let first = 0;
  for (const step of steps) {
    const beside = [step].flat();
    const ended = await Promise.all(beside.map((one) => runStep(root, one)));
    for (const [at, { code, signal }] of ended.entries()) {
      if (signal) return 128 + constants.signals[signal];
      if (code !== 0 && steps.flat().length > 1) {
        process.stderr.write(`neurond: ${beside[at].name} failed\n`);
      }
      first ||= code;
    }
  }
  return first;
}

async function runStep(root, { args }) {
  const runtime = runtimePath(root);
  const child = spawn(runtime, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${dirname(runtime)}${delimiter}${process.env.PATH ?? ""}` },
  });
  const signals = forwardSignals(child);
  try {
    const [code, signal] = await once(child, "close");
    return { code: code ?? 1, signal: signal ?? (code > 128 ? signals.received : null) };
  } finally {
    signals.release();
  }
}
