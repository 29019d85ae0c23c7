import type { CallCounts } from "./call-window.ts";
import type { EjectionSettings } from "./settings.ts";

export interface Peers {
  readonly own: CallCounts;
  readonly others: readonly CallCounts[];
  /** Of all servers, this one too. */
  readonly ejected: number;
  /** Of `own`, and of the others together, before anything is judged. */
  readonly minCalls: number;
}

/**
 * Whether a server fails so much more than its peers that it should sit out. When all fail alike the
 * cause is in the requests or behind all of them, and ejecting one only loads the rest.
 */
export function shouldEject(peers: Peers, settings: EjectionSettings): boolean {
  const { own, minCalls } = peers;
  const calls = sum(peers.others, "calls");
  if (own.calls < minCalls || calls < minCalls) return false;
  const allowed = Math.floor(((peers.others.length + 1) * settings.maxEjectedPercent) / 100);
  if (peers.ejected >= allowed) return false;
  const failed = sum(peers.others, "failed");
  // own.failed / own.calls >= failed / calls + margin, over the common denominator.
  return (
    own.failed * calls * 100 >= (failed * 100 + settings.marginPercent * calls) * own.calls &&
    settings.marginPercent < 100
  );
}

function sum(counts: readonly CallCounts[], of: "calls" | "failed"): number {
  return counts.reduce((total, count) => total + count[of], 0);
}
