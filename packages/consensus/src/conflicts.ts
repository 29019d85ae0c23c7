import { type SignedReport, scoresHash } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";

/** The reports of one run and family, sorted out. */
export interface SortedReports {
  /** The one report of each validator that said one thing only. */
  readonly reports: ReadonlyMap<Hotkey, SignedReport>;
  /** Two reports of each validator that said two things: both are dropped, it sits out the run. */
  readonly conflicts: readonly (readonly [SignedReport, SignedReport])[];
}

/** Sets aside every validator that signed two different maps of scores. */
export function sortReports(all: Iterable<SignedReport>): SortedReports {
  const reports = new Map<Hotkey, SignedReport>();
  const conflicts = new Map<Hotkey, readonly [SignedReport, SignedReport]>();
  for (const report of all) {
    const hotkey = report.validator_hotkey;
    const known = reports.get(hotkey);
    if (known === undefined) reports.set(hotkey, report);
    else if (scoresHash(known) !== scoresHash(report) && !conflicts.has(hotkey)) {
      conflicts.set(hotkey, [known, report]);
    }
  }
  for (const hotkey of conflicts.keys()) reports.delete(hotkey);
  return { reports, conflicts: [...conflicts.values()] };
}
