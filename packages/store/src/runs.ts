import type { FamilyId } from "@neurond/ledger";
import type { BlockNumber, Hex, RunId } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** What became of a closed run, in this order. A step may be skipped, as when a commit came too late. */
export const RUN_STATES = [
  "frozen",
  "submitted",
  "included",
  "revealed",
  "weighed",
  "confirmed",
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** A run's scores as they were frozen. */
export interface FrozenRun {
  readonly runId: RunId;
  /** What is committed on chain: the text of the scores field. */
  readonly commitment: string;
  /** Each family's signed report, byte for byte as it will be served; its salt is in it. */
  readonly reports: ReadonlyMap<FamilyId, string>;
}

/** A frozen run and how far it got. */
export interface RunRecord extends FrozenRun {
  readonly state: RunState;
  /** Where the commitment was included. */
  readonly block: BlockNumber | null;
  /** The last extrinsic that was sent for it. */
  readonly extrinsicHash: Hex | null;
  readonly frozenMs: number;
}

/** What is learnt with a step. */
export interface RunStep {
  readonly block?: BlockNumber;
  readonly extrinsicHash?: Hex;
}

/** The runs of one validator, each frozen once. */
export class Runs {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Freezes a run, with all its reports or not at all, and returns what is frozen: for a run that
   * already was, the first scores, whatever was computed now. So a run never has two hashes.
   */
  async freeze({ runId, commitment, reports }: FrozenRun): Promise<RunRecord> {
    const nowMs = this.#now();
    await this.#database.transaction().execute(async (transaction) => {
      const row = { state: "frozen", extrinsic_hash: null, block: null };
      const inserted = await transaction
        .insertInto("runs")
        .values({ run_id: runId, commitment, ...row, frozen_ms: nowMs, changed_ms: nowMs })
        .onConflict((conflict) => conflict.column("run_id").doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n || reports.size === 0) return;
      await transaction
        .insertInto("run_reports")
        .values([...reports].map(([family_id, text]) => ({ run_id: runId, family_id, text })))
        .execute();
    });
    const frozen = await this.get(runId);
    if (frozen === null) throw new TypeError(`run ${runId} vanished while it was frozen`);
    return frozen;
  }

  /** A frozen run; null for one that is still open or not ours. */
  async get(runId: RunId): Promise<RunRecord | null> {
    const row = await this.#select().where("run_id", "=", runId).executeTakeFirst();
    return row === undefined ? null : this.#withReports(row);
  }

  /** Runs that are not confirmed yet, oldest first: what a restarted validator goes on with. */
  async unfinished(): Promise<readonly RunRecord[]> {
    const rows = await this.#select()
      .where("state", "!=", "confirmed")
      .orderBy("frozen_ms")
      .execute();
    return Promise.all(rows.map((row) => this.#withReports(row)));
  }

  /** The latest runs, newest first. */
  async latest(limit: number): Promise<readonly RunRecord[]> {
    const rows = await this.#select().orderBy("frozen_ms", "desc").limit(limit).execute();
    return Promise.all(rows.map((row) => this.#withReports(row)));
  }

  /**
   * Moves a run on, or notes another extrinsic of the same step; false, and nothing changes, when
   * it is further already or unknown.
   */
  async advance(runId: RunId, to: RunState, step: RunStep = {}): Promise<boolean> {
    const reachedFrom = RUN_STATES.slice(0, RUN_STATES.indexOf(to) + 1);
    const { block, extrinsicHash } = step;
    const updated = await this.#database
      .updateTable("runs")
      .set({
        state: to,
        changed_ms: this.#now(),
        ...(block === undefined ? {} : { block }),
        ...(extrinsicHash === undefined ? {} : { extrinsic_hash: extrinsicHash }),
      })
      .where("run_id", "=", runId)
      .where("state", "in", reachedFrom)
      .executeTakeFirst();
    return updated.numUpdatedRows === 1n;
  }

  #select() {
    return this.#database.selectFrom("runs").selectAll();
  }

  async #withReports(row: RunRow): Promise<RunRecord> {
    const reports = await this.#database
      .selectFrom("run_reports")
      .select(["family_id", "text"])
      .where("run_id", "=", row.run_id)
      .orderBy("family_id")
      .execute();
    return {
      runId: row.run_id as RunId,
      commitment: row.commitment,
      reports: new Map(reports.map(({ family_id, text }) => [family_id as FamilyId, text])),
      state: row.state as RunState,
      block: row.block as BlockNumber | null,
      extrinsicHash: row.extrinsic_hash as Hex | null,
      frozenMs: row.frozen_ms,
    };
  }
}

type RunRow = {
  readonly run_id: string;
  readonly state: string;
  readonly commitment: string;
  readonly extrinsic_hash: string | null;
  readonly block: number | null;
  readonly frozen_ms: number;
};
