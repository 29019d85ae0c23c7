import type { FamilyId } from "@neurond/ledger";
import {
  type BlockNumber,
  canonicalJson,
  domainHash,
  type Hotkey,
  type RunId,
  toHex,
} from "@neurond/primitives";
import { exceeds, HALF } from "./fraction.ts";
import type { Stakes } from "./quorum.ts";

/** What a validator computes a run from: whose stake, and which reports. */
export interface View {
  readonly runId: RunId;
  readonly familyId: FamilyId;
  /** The block at which stakes and registrations were read. */
  readonly close: BlockNumber;
  readonly stakes: Stakes;
  /** Scores hash of every counted report. */
  readonly reports: ReadonlyMap<Hotkey, string>;
}

/**
 * The hash of a view, 64 hexadecimal digits: validators with the same root compute the same weights.
 * Covers every eligible validator, sorted by hotkey, with its stake as decimal text and its report's
 * hash, or null when none counted.
 */
export function viewRoot({ runId, familyId, close, stakes, reports }: View): string {
  const members = [...stakes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hotkey, stake]) => [hotkey, stake.toString(), reports.get(hotkey) ?? null]);
  const text = canonicalJson({ v: 1, run_id: runId, family_id: familyId, close, members });
  return toHex(domainHash("neurond/view/v1", text)).slice(2);
}

/** Whether more than half of eligible stake computes from this view, as their published roots say. */
export function isViewShared(
  root: string,
  published: ReadonlyMap<Hotkey, string>,
  stakes: Stakes,
): boolean {
  let [sharing, total] = [0n, 0n];
  for (const [hotkey, stake] of stakes) {
    total += stake;
    if (published.get(hotkey) === root) sharing += stake;
  }
  return exceeds(sharing, total, HALF);
}
