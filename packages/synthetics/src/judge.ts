import {
  type ExportView,
  type InvocationRow,
  judgeSynthetic,
  SYNTHETIC_TOLERANCES,
  type Synthetic,
  type SyntheticTolerances,
  type SyntheticVerdict,
} from "@neurond/incentive";
import type { BlindProbe, Probe } from "./probe.ts";

/** Where probes are looked for. */
export interface ProbeView extends ExportView {
  /** The newest version of every row of a request. */
  readonly rowsOfRequest: (parentInvocationId: string) => readonly InvocationRow[];
}

/** Judges a probe against the exports; `PENDING` until the hours that could hold it are loaded. */
export function judgeProbe(
  probe: Probe,
  view: ProbeView,
  tolerances: SyntheticTolerances = SYNTHETIC_TOLERANCES,
): SyntheticVerdict {
  if (probe.kind === "traced") return judgeSynthetic(probe, view, tolerances);
  const found = answeringRow(view.rowsOfRequest(probe.parentInvocationId));
  return judgeSynthetic(
    seenThrough(probe, found),
    { ...view, rowOf: () => found?.row },
    tolerances,
  );
}

interface AnsweringRow {
  readonly row: InvocationRow;
  /** Time that attempts before it took. */
  readonly delay: number;
}

/** The attempt that gave the answer: the last without an error, or the last. */
function answeringRow(rows: readonly InvocationRow[]): AnsweringRow | null {
  const inOrder = rows.toSorted((a, b) => a.startedAt - b.startedAt);
  const row = inOrder.findLast(({ errorMessage }) => !errorMessage) ?? inOrder.at(-1);
  const first = inOrder[0];
  if (row === undefined || first === undefined) return null;
  return { row, delay: row.startedAt - first.startedAt };
}

/** A blind probe with what only the export knows taken from it, so that the rest can be compared. */
function seenThrough(probe: BlindProbe, found: AnsweringRow | null): Synthetic {
  const { parentInvocationId, chuteId, attemptedAt, settledAt, hasError } = probe;
  return {
    parentInvocationId,
    invocationId: found?.row.invocationId ?? parentInvocationId,
    chuteId,
    functionName: found?.row.functionName ?? "",
    instanceId: found?.row.instanceId ?? "",
    minerUid: found?.row.minerUid ?? -1,
    minerHotkey: found?.row.minerHotkey ?? "",
    attemptedAt: attemptedAt + (found?.delay ?? 0),
    settledAt,
    hasError,
    tokensIn: probe.tokensIn,
    tokensOut: probe.tokensOut,
  };
}
