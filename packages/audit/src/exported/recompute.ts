import { type InvocationRow, runUuid, type StatedRun } from "@neurond/exports";
import { type Judged, scoreRun } from "@neurond/ledger";
import { type Hotkey, type Micro, readHotkey } from "@neurond/primitives";
import type { AnyWorkload, RunDocument } from "@neurond/workload";
import { exportedOutcome, exportedTimes } from "./row.ts";

/** What of a row the scores of its run follow from. */
export type RunRow = Pick<
  InvocationRow,
  | "parent_invocation_id"
  | "invocation_id"
  | "function_name"
  | "image_id"
  | "miner_hotkey"
  | "error_message"
  | "compute_multiplier"
> & {
  /** Only scores that count time look at it; without it those do not follow. */
  readonly metrics?: InvocationRow["metrics"];
};

/** Which run it is, as its validator states it. */
export type RunName = Pick<StatedRun, "run_id" | "workload" | "min_tasks" | "documents">;

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
  run: RunName,
  rows: Iterable<RunRow>,
  workloads: Iterable<AnyWorkload>,
): Recomputed {
  const recount = new Recount(validator, run, workloads);
  recount.take(rows);
  return recount.result();
}

/** Rows of one run as they come, page by page; of each is kept what its score follows from. */
export class Recount {
  readonly #run: RunName;
  readonly #image: string;
  readonly #workload: AnyWorkload | undefined;
  readonly #slots = new Map<string, number>();
  readonly #judged: Judged[] = [];
  readonly #settles: boolean;
  #unreadable: string | null = null;

  constructor(validator: Hotkey, run: RunName, workloads: Iterable<AnyWorkload>) {
    this.#run = run;
    this.#image = runUuid(validator, run.run_id);
    this.#workload = [...workloads].find(({ name }) => name === run.workload);
    this.#settles = (this.#workload?.settlement?.(documentsOf(run)) ?? null) !== null;
  }

  /** Rows that count so far. */
  get rows(): number {
    return this.#judged.length;
  }

  take(rows: Iterable<RunRow>): void {
    if (this.#workload === undefined || this.#unreadable !== null) return;
    for (const row of rows) {
      if (row.image_id !== this.#image || row.function_name !== this.#run.workload) continue;
      const outcome = exportedOutcome(row);
      const miner = readHotkey(row.miner_hotkey);
      const isUntimed = this.#settles && row.metrics === undefined;
      if (outcome === null || miner === null || isUntimed) {
        this.#unreadable = row.invocation_id;
        return;
      }
      // Attempts at one task have one parent: it stands for the task, whatever its slot is.
      const slot = this.#slots.get(row.parent_invocation_id) ?? this.#slots.size;
      this.#slots.set(row.parent_invocation_id, slot);
      this.#judged.push({ miner, slot, outcome, ...exportedTimes(row.metrics) });
    }
  }

  result(): Recomputed {
    if (this.#workload === undefined) return { kind: "workload_unknown" };
    if (this.#unreadable !== null)
      return { kind: "row_unreadable", invocationId: this.#unreadable };
    const documents = documentsOf(this.#run);
    const { scores } = scoreRun(this.#workload, this.#judged, this.#run.min_tasks, documents);
    return { kind: "scores", scores };
  }
}

function documentsOf({ documents = [] }: RunName): readonly RunDocument[] {
  return documents.map(({ type, miner, body }) => ({
    type,
    miner: miner === null ? null : readHotkey(miner),
    body,
  }));
}
