import { isSettled, type TrackedEntry } from "@neurond/ingest";
import { advance } from "./advance.ts";
import type { AdvanceDeps } from "./steps.ts";

/** A few at once: each holds at most one download or one file on its way into the window. */
export interface Crowd {
  readonly atOnce: number;
}

/**
 * Brings forward every entry that is due, a few at a time, oldest first; no more is begun than is worked
 * on, so a slow disk slows the downloads down. Entries as they are afterwards, in the same order.
 */
export async function advanceAll(
  deps: AdvanceDeps,
  entries: readonly TrackedEntry[],
  { atOnce }: Crowd,
  signal: AbortSignal,
): Promise<readonly TrackedEntry[]> {
  const results = [...entries];
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const due = results.keys();
  const work = async () => {
    for (const at of due) {
      const entry = results[at];
      if (entry === undefined) continue;
      results[at] = await advanceNow(deps, entry, either);
    }
  };
  const workers = Array.from({ length: Math.max(1, atOnce) }, () =>
    work().catch((error: unknown) => {
      // One fault of ours ends them all; the others stop at their next step.
      stopped.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  signal.throwIfAborted();
  if (stopped.signal.aborted) throw stopped.signal.reason;
  for (const worker of ended) if (worker.status === "rejected") throw worker.reason;
  return results;
}

/** As long as the next try is due at once, which is so few times that this ends. */
async function advanceNow(
  deps: AdvanceDeps,
  given: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  let entry = given;
  while (!isSettled(entry) && (entry.nextTryMs ?? 0) <= deps.now()) {
    entry = await advance(deps, entry, signal);
  }
  return entry;
}
