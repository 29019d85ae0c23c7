import type { JobRun } from "@neurond/storage-rules/io";
import type { ServingMiner } from "../storage/passing/miner-view.ts";
import { drawMiners } from "./draw-miners.ts";
import { type Heard, type JobParts, recordTask } from "./job-parts.ts";
import { announceTask } from "./task-events.ts";

/** A ping must have been answered within. */
const PING_MS = 5_000;

/**
 * Pings miners. Too many failures in a row declare a miner down, which costs it; one answer clears
 * them. What became of it goes into the log, so that the penalty can be computed again.
 */
export async function monitor(parts: JobParts, { block, signal, limit }: JobRun): Promise<void> {
  const count = parts.config["neuron.monitor_sample_size"];
  const drawn = await drawMiners(parts, { purpose: "monitor", count }, signal);
  if (drawn === null) return;
  const heard = await Promise.all(
    drawn.miners.map((miner) => limit(() => ping(parts, miner, signal))),
  );
  const record = await recordTask(parts, { task: "monitor", block, timeoutMs: PING_MS }, heard);
  await announceTask(parts, record, { heard, uids: drawn.uids });
}

async function ping(
  { validator: { discovery } }: JobParts,
  { hotkey: miner, url }: ServingMiner,
  signal: AbortSignal,
): Promise<Heard> {
  const began = performance.now();
  const fetch = discovery.fetch ?? globalThis.fetch;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PING_MS)]);
    const answer = await fetch(new URL("/livez", url), { signal: within, redirect: "error" });
    await answer.body?.cancel();
    const status = { code: answer.status, message: answer.statusText };
    const elapsedMs = performance.now() - began;
    return { miner, isSuccess: answer.status === 200, elapsedMs, bytes: 0, status };
  } catch {
    signal.throwIfAborted();
    const status = { code: 0, message: "no answer" };
    return { miner, isSuccess: false, elapsedMs: PING_MS, bytes: 0, status };
  }
}
