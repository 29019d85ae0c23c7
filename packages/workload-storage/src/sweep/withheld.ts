import { planOf, type StorageDocument } from "../run-documents.ts";
import { revealDue } from "./audit-period.ts";

/**
 * The period whose secret a validator keeps although it is due at a block, by the plan it logged last;
 * null when there is none. Until it says it, nobody can judge its sweeps, and its reports on storage
 * count for nobody else.
 */
export function withheldPeriod(
  documents: readonly StorageDocument[],
  block: number,
): number | null {
  const periods = planOf(documents)?.periods;
  if (periods === undefined || periods.revealed >= periods.next) return null;
  return revealDue(periods.revealed, periods.blocks) <= block ? periods.revealed : null;
}
