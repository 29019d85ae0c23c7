import { hasReached, type TrackedEntry } from "./entry.ts";
import { PROBLEMS, type Verdict } from "./problems.ts";

/** The verdict on an entry as it stands: of a loaded one the chain's, of one put aside its reason's. */
export function verdictOf(entry: TrackedEntry): Verdict {
  const { problem, nextTryMs, verification } = entry;
  if (hasReached(entry, "CHAIN_VERIFIED")) return verification?.status ?? "PENDING";
  return problem !== null && nextTryMs === null ? PROBLEMS[problem].verdict : "PENDING";
}

/** Slices of verified entries of one reporter, which is what coverage and weights rest on. */
export function verifiedSlices(
  entries: readonly TrackedEntry[],
  hotkey: string,
): readonly { readonly start: number; readonly end: number }[] {
  return entries
    .filter((entry) => entry.hotkey === hotkey && hasReached(entry, "LOADED"))
    .filter((entry) => verdictOf(entry) === "VERIFIED")
    .map(({ startTime: start, endTime: end }) => ({ start, end }));
}
