import type { FamilyId } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** A peer's report that was checked: signed by the validator it names. */
export interface PeerReport {
  readonly runId: RunId;
  readonly familyId: FamilyId;
  readonly validator: Hotkey;
  /** The hash by which two reports of one run are told apart. */
  readonly hash: string;
  /** Byte for byte as it was received; it is evidence. */
  readonly text: string;
}

/** Whether a report is the validator's first for the run, known, or contradicts one before it. */
export type Arrival = "first" | "known" | "contradiction";

/** Every report that peers signed, also the ones which contradict each other. */
export class PeerReports {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** Keeps a report; of several with one hash the first text stays. */
  async save({ runId, familyId, validator, hash, text }: PeerReport): Promise<Arrival> {
    const inserted = await this.#database
      .insertInto("peer_reports")
      .values({
        run_id: runId,
        family_id: familyId,
        validator,
        hash,
        text,
        received_ms: this.#now(),
      })
      .onConflict((conflict) =>
        conflict.columns(["run_id", "family_id", "validator", "hash"]).doNothing(),
      )
      .executeTakeFirst();
    if (inserted.numInsertedOrUpdatedRows !== 1n) return "known";
    const others = await this.#select(runId, familyId)
      .where("validator", "=", validator)
      .where("hash", "!=", hash)
      .limit(1)
      .execute();
    return others.length === 0 ? "first" : "contradiction";
  }

  /** All reports of a run and family by validator; two of one validator are equivocation. */
  async of(runId: RunId, familyId: FamilyId): Promise<readonly PeerReport[]> {
    const rows = await this.#select(runId, familyId)
      .orderBy("validator")
      .orderBy("received_ms")
      .orderBy("hash")
      .execute();
    return rows.map(({ validator, hash, text }) => ({
      runId,
      familyId,
      validator: validator as Hotkey,
      hash,
      text,
    }));
  }

  #select(runId: RunId, familyId: FamilyId) {
    return this.#database
      .selectFrom("peer_reports")
      .select(["validator", "hash", "text"])
      .where("run_id", "=", runId)
      .where("family_id", "=", familyId);
  }
}
