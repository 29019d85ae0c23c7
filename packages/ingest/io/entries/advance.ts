import { hasReached, nextTry, type Problem, type TrackedEntry } from "@neurond/ingest";
import { EntryFault, faultOf } from "./entry-fault.ts";
import { type AdvanceDeps, discard, step, verified } from "./steps.ts";

/**
 * Takes an entry from step to step until it is loaded or something is in the way. Every step is kept
 * before the next begins and may be done twice, so that a process which dies goes on where it was.
 */
export async function advance(
  deps: AdvanceDeps,
  given: TrackedEntry,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  let entry = given;
  try {
    while (!hasReached(entry, "LOADED")) {
      signal.throwIfAborted();
      entry = await step(deps, entry, signal);
      await deps.state.save(entry);
    }
    return entry;
  } catch (error) {
    signal.throwIfAborted();
    const fault = faultOf(error);
    if (fault === null) throw error;
    const failed = await failedEntry(deps, entry, fault, signal);
    if (failed.nextTryMs === null) await discard(deps, entry);
    await deps.state.save(failed);
    return failed;
  }
}

/**
 * What an entry is after a fault. Content that cannot be used may be somebody's on the way here: then the
 * chain knows another digest, and that is what is wrong.
 */
async function failedEntry(
  deps: AdvanceDeps,
  entry: TrackedEntry,
  fault: EntryFault,
  signal: AbortSignal,
): Promise<TrackedEntry> {
  const isContent = CONTENT.includes(fault.problem) && entry.step === "FETCHED";
  const verification = isContent
    ? await verified(deps, entry, signal).catch((error: unknown) => {
        if (error instanceof EntryFault) return null;
        throw error;
      })
    : entry.verification;
  const isForged = isContent && verification?.status === "MISMATCH";
  const problem = isForged ? "DIGEST_MISMATCH" : fault.problem;
  const failures = entry.problem === problem ? entry.failures + 1 : 1;
  const isDownload = DOWNLOADS.includes(problem);
  if (isDownload) await discard(deps, entry);
  return {
    ...entry,
    step: isDownload ? "LISTED" : entry.step,
    verification,
    problem,
    detail: fault.message.slice(0, 500),
    failures,
    nextTryMs: nextTry(problem, failures, deps.now(), deps.retries),
  };
}

const CONTENT: readonly Problem[] = ["REPORT_INVALID", "SLICE_WRONG", "CSV_MISMATCH"];
/** Where another download may help. */
const DOWNLOADS: readonly Problem[] = ["CSV_MISMATCH", "DIGEST_MISMATCH"];
