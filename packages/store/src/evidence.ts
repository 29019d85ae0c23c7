import { createHash } from "node:crypto";
import type { Hotkey, RunId } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** Proof that a validator broke its word, as it is published. */
export interface EvidenceRecord {
  /** Such as `double_report`. */
  readonly kind: string;
  readonly validator: Hotkey;
  readonly runId: RunId;
  /** Canonical JSON with the observer's signature. */
  readonly text: string;
}

/** Evidence with its place in the order of arrival, by which readers page. */
export interface StoredEvidence extends EvidenceRecord {
  readonly serial: number;
  readonly observedMs: number;
}

/** Evidence against validators, each piece once. */
export class Evidence {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** Keeps a piece of evidence; false when this very text is known. */
  async save({ kind, validator, runId, text }: EvidenceRecord): Promise<boolean> {
    const sha256 = createHash("sha256").update(text).digest("hex");
    const inserted = await this.#database
      .insertInto("evidence")
      .values({ sha256, kind, validator, run_id: runId, text, observed_ms: this.#now() })
      .onConflict((conflict) => conflict.column("sha256").doNothing())
      .executeTakeFirst();
    return inserted.numInsertedOrUpdatedRows === 1n;
  }

  /** All evidence about a run, in the order of arrival. */
  async ofRun(runId: RunId): Promise<readonly StoredEvidence[]> {
    const rows = await this.#database
      .selectFrom("evidence")
      .selectAll()
      .where("run_id", "=", runId)
      .orderBy("serial")
      .execute();
    return rows.map(evidenceOf);
  }

  /** A page of evidence in the order of arrival, after a serial; 0 begins. */
  async after(serial: number, limit: number): Promise<readonly StoredEvidence[]> {
    const rows = await this.#database
      .selectFrom("evidence")
      .selectAll()
      .where("serial", ">", serial)
      .orderBy("serial")
      .limit(limit)
      .execute();
    return rows.map(evidenceOf);
  }
}

function evidenceOf(row: {
  readonly kind: string;
  readonly validator: string;
  readonly run_id: string;
  readonly text: string;
  readonly serial: number;
  readonly observed_ms: number;
}): StoredEvidence {
  return {
    kind: row.kind,
    validator: row.validator as Hotkey,
    runId: row.run_id as RunId,
    text: row.text,
    serial: row.serial,
    observedMs: row.observed_ms,
  };
}
