import { type InvocationRow, runUuid, type StatedRun } from "@neurond/exports";
import { type Judged, scoreRun } from "@neurond/ledger";
import { type Hotkey, type Micro, parseHotkey } from "@neurond/primitives";
import type { AnyWorkload } from "@neurond/workload";
import { exportedOutcome } from "./row.ts";

/** Scores that follow from exported rows, or why none do. */
export type Recomputed =
  | { readonly kind: "scores"; readonly scores: ReadonlyMap<Hotkey, Micro> }
  /** The rule is not known here. */
  | { readonly kind: "workload_unknown" }
  /** A row of the run is in no form that our validators write. */
  | { readonly kind: "row_unreadable"; readonly invocationId: string };

/**
 * The scores of a run from nothing but exported rows: the very function the validator used, over integers,
 * so the result is equal or the validator lied. Rows come in the order of the exports, and may be those
 * of many runs and workloads.
 */
export function recomputeRun(
  validator: Hotkey,
  run: Pick<StatedRun, "run_id" | "workload" | "min_tasks">,
  rows: Iterable<InvocationRow>,
  workloads: Iterable<AnyWorkload>,
): Recomputed {
  const workload = [...workloads].find(({ name }) => name === run.workload);
  if (workload === undefined) return { kind: "workload_unknown" };
  const image = runUuid(validator, run.run_id);
  const slots = new Map<string, number>();
  const judged: Judged[] = [];
  for (const row of rows) {
    if (row.image_id !== image || row.function_name !== run.workload) continue;
    const outcome = exportedOutcome(row);
    if (outcome === null) return { kind: "row_unreadable", invocationId: row.invocation_id };
    // Attempts at one task have one parent: it stands for the task, whatever its slot is.
    const slot = slots.get(row.parent_invocation_id) ?? slots.size;
    slots.set(row.parent_invocation_id, slot);
    judged.push({ miner: parseHotkey(row.miner_hotkey), slot, outcome });
  }
  return { kind: "scores", scores: scoreRun(workload, judged, run.min_tasks).scores };
}
