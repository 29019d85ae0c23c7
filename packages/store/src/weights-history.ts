import {
  type BlockNumber,
  canonicalJson,
  type Hex,
  type Mecid,
  type RunId,
  toUid,
  type U16Weight,
} from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** How weights reach the chain. */
export type WeightsMode = "plain" | "commit" | "timelock";

/** What became of an attempt: intended before it is sent, then what the chain said. */
export type WeightsState = "intended" | "included" | "confirmed" | "rejected" | "unconfirmed";

/** One attempt to set the weights that follow from a run. */
export interface WeightsAttempt {
  readonly runId: RunId;
  readonly mecid: Mecid;
  /** From 1. */
  readonly attempt: number;
  readonly mode: WeightsMode;
  readonly vector: readonly U16Weight[];
  readonly state: WeightsState;
  readonly block: BlockNumber | null;
  readonly extrinsicHash: Hex | null;
  /** What else is to be remembered: a refusal, or what the reveal of a hash commit needs. */
  readonly detail: string | null;
  readonly intendedMs: number;
}

/** What is learnt about an attempt. */
export interface WeightsResult {
  readonly state: WeightsState;
  readonly block?: BlockNumber;
  readonly extrinsicHash?: Hex;
  readonly detail?: string;
}

/** Every attempt to set weights: intent, act, result, so that a restart knows what may be out. */
export class WeightsHistory {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** Notes what is about to be sent and returns the number of the attempt. */
  async intend(
    { runId, mecid }: { readonly runId: RunId; readonly mecid: Mecid },
    mode: WeightsMode,
    vector: readonly U16Weight[],
  ): Promise<number> {
    const nowMs = this.#now();
    const { attempt } = await this.#database
      .insertInto("weights_submissions")
      .values((query) => ({
        run_id: runId,
        mecid,
        attempt: query
          .selectFrom("weights_submissions as earlier")
          .select((select) =>
            select(
              select.fn.coalesce(select.fn.max<number>("earlier.attempt"), select.lit(0)),
              "+",
              select.lit(1),
            ).as("attempt"),
          )
          .where("earlier.run_id", "=", runId)
          .where("earlier.mecid", "=", mecid)
          .$asScalar(),
        mode,
        vector: canonicalJson(vector.map(({ uid, value }) => [uid, value])),
        state: "intended",
        intended_ms: nowMs,
        changed_ms: nowMs,
      }))
      .returning("attempt")
      .executeTakeFirstOrThrow();
    return attempt;
  }

  /** Notes what became of an attempt. */
  async settle(
    { runId, mecid, attempt }: Pick<WeightsAttempt, "runId" | "mecid" | "attempt">,
    { state, block, extrinsicHash, detail }: WeightsResult,
  ): Promise<void> {
    const { numUpdatedRows } = await this.#database
      .updateTable("weights_submissions")
      .set({
        state,
        changed_ms: this.#now(),
        ...(block === undefined ? {} : { block }),
        ...(extrinsicHash === undefined ? {} : { extrinsic_hash: extrinsicHash }),
        ...(detail === undefined ? {} : { detail }),
      })
      .where("run_id", "=", runId)
      .where("mecid", "=", mecid)
      .where("attempt", "=", attempt)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n)
      throw new Error(`attempt ${attempt} for ${runId} was never intended`);
  }

  /** The attempts for a run, in order. */
  async ofRun(runId: RunId, mecid: Mecid): Promise<readonly WeightsAttempt[]> {
    const rows = await this.#select()
      .where("run_id", "=", runId)
      .where("mecid", "=", mecid)
      .orderBy("attempt")
      .execute();
    return rows.map(attemptOf);
  }

  /** The latest attempt for a mechanism, of whatever run; null when there was none. */
  async latest(mecid: Mecid): Promise<WeightsAttempt | null> {
    const row = await this.#select()
      .where("mecid", "=", mecid)
      .orderBy("intended_ms", "desc")
      .orderBy("attempt", "desc")
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? null : attemptOf(row);
  }

  #select() {
    return this.#database.selectFrom("weights_submissions").selectAll();
  }
}

function attemptOf(row: {
  readonly run_id: string;
  readonly mecid: number;
  readonly attempt: number;
  readonly mode: string;
  readonly vector: string;
  readonly state: string;
  readonly block: number | null;
  readonly extrinsic_hash: string | null;
  readonly detail: string | null;
  readonly intended_ms: number;
}): WeightsAttempt {
  const pairs = JSON.parse(row.vector) as readonly (readonly [number, number])[];
  return {
    runId: row.run_id as RunId,
    mecid: row.mecid as Mecid,
    attempt: row.attempt,
    mode: row.mode as WeightsMode,
    vector: pairs.map(([uid, value]) => ({ uid: toUid(uid), value })),
    state: row.state as WeightsState,
    block: row.block as BlockNumber | null,
    extrinsicHash: row.extrinsic_hash as Hex | null,
    detail: row.detail,
    intendedMs: row.intended_ms,
  };
}
