import type { Micros, SyntheticField, SyntheticVerdict } from "@neurond/incentive";
import {
  type BadResult,
  type Count,
  type Judgement,
  type Probe,
  probeKey,
  SYNTHETIC_TYPES,
  type SyntheticStore,
  type SyntheticType,
} from "@neurond/synthetics";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../tables.ts";
import type { SyntheticsTable } from "./tables.ts";

/** Rows of one statement; Postgres takes 65535 values. */
const BATCH = 1_000;

/** Probes of one validator, by the id of the attempt. */
export class PostgresSynthetics implements SyntheticStore {
  readonly #database: Kysely<Tables>;
  readonly #source: string;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, source: string, now: () => number = Date.now) {
    this.#database = database;
    this.#source = source;
    this.#now = now;
  }

  async save(probes: readonly Probe[]): Promise<void> {
    const rows = [...new Map(probes.map((probe) => [probeKey(probe), probe])).values()];
    for (let at = 0; at < rows.length; at += BATCH) {
      await this.#database
        .insertInto("synthetics")
        .values(rows.slice(at, at + BATCH).map((probe) => rowOf(this.#source, probe)))
        .onConflict((conflict) =>
          conflict.columns(["source", "invocation_id"]).doUpdateSet((row) => ({
            settled_at: row.ref("excluded.settled_at"),
            has_error: row.ref("excluded.has_error"),
            tokens_in: row.ref("excluded.tokens_in"),
            tokens_out: row.ref("excluded.tokens_out"),
          })),
        )
        .execute();
    }
  }

  async known(keys: readonly string[]): Promise<ReadonlySet<string>> {
    if (keys.length === 0) return new Set();
    const rows = await this.#database
      .selectFrom("synthetics")
      .select("invocation_id")
      .where("source", "=", this.#source)
      .where("invocation_id", "in", keys)
      .execute();
    return new Set(rows.map(({ invocation_id }) => invocation_id));
  }

  async pending(limit: number): Promise<readonly Probe[]> {
    const rows = await this.#database
      .selectFrom("synthetics")
      .selectAll()
      .where("source", "=", this.#source)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("synthetic_results")
              .select(sql`1`.as("one"))
              .whereRef("synthetic_results.source", "=", "synthetics.source")
              .whereRef("synthetic_results.invocation_id", "=", "synthetics.invocation_id"),
          ),
        ),
      )
      .orderBy("created_at")
      .orderBy("invocation_id")
      .limit(limit)
      .execute();
    return rows.map(probeOf);
  }

  /** A verdict about a probe that was forgotten meanwhile is dropped. */
  async judge(judgements: readonly Judgement[]): Promise<void> {
    for (const { probe, verdict } of judgements) {
      if (verdict.kind === "PENDING") continue;
      const fields = verdict.kind === "MISMATCH" ? verdict.fields.join(",") : "";
      await sql`insert into synthetic_results (source, invocation_id, verdict, fields, judged_ms)
        select source, invocation_id, ${verdict.kind}, ${fields}, ${this.#now()}::bigint
        from synthetics where source = ${this.#source} and invocation_id = ${probeKey(probe)}
        on conflict (source, invocation_id) do update set verdict = excluded.verdict,
          fields = excluded.fields, judged_ms = excluded.judged_ms`.execute(this.#database);
    }
  }

  async counts(): Promise<readonly Count[]> {
    const rows = await this.#joined()
      .select(({ fn }) => ["kind", "type", "verdict", fn.countAll<number>().as("count")])
      .groupBy(["kind", "type", "verdict"])
      .execute();
    return rows.map(({ kind, type, verdict, count }) => ({
      kind: kindOf(kind),
      type: typeOf(type),
      verdict: verdictOf(verdict),
      count: Number(count),
    }));
  }

  async bad(limit: number): Promise<readonly BadResult[]> {
    const rows = await this.#joined()
      .selectAll("synthetics")
      .select(["verdict", "fields"])
      .where("verdict", "in", ["MISSING", "MISMATCH"])
      .orderBy("created_at", "desc")
      .orderBy("synthetics.invocation_id", "desc")
      .limit(limit)
      .execute();
    return rows.map(({ verdict, fields, ...row }) => ({
      probe: probeOf(row),
      verdict: verdict === "MISSING" ? "MISSING" : "MISMATCH",
      fields: fields ? (fields.split(",") as SyntheticField[]) : [],
    }));
  }

  async forget(before: Micros): Promise<number> {
    const result = await this.#database
      .deleteFrom("synthetics")
      .where("source", "=", this.#source)
      .where("created_at", "<", before)
      .executeTakeFirst();
    return Number(result.numDeletedRows);
  }

  #joined() {
    return this.#database
      .selectFrom("synthetics")
      .leftJoin("synthetic_results", (join) =>
        join
          .onRef("synthetic_results.source", "=", "synthetics.source")
          .onRef("synthetic_results.invocation_id", "=", "synthetics.invocation_id"),
      )
      .where("synthetics.source", "=", this.#source);
  }
}

function rowOf(source: string, probe: Probe): SyntheticsTable {
  const target =
    probe.kind === "traced"
      ? {
          function_name: probe.functionName,
          instance_id: probe.instanceId,
          miner_uid: probe.minerUid,
          miner_hotkey: probe.minerHotkey,
        }
      : { function_name: null, instance_id: null, miner_uid: null, miner_hotkey: null };
  return {
    source,
    invocation_id: probeKey(probe),
    parent_invocation_id: probe.parentInvocationId,
    kind: probe.kind,
    type: probe.type,
    chute_id: probe.chuteId,
    ...target,
    created_at: probe.attemptedAt,
    settled_at: probe.settledAt,
    has_error: probe.hasError,
    tokens_in: probe.tokensIn,
    tokens_out: probe.tokensOut,
  };
}

function probeOf(row: Selectable<SyntheticsTable>): Probe {
  const common = {
    type: typeOf(row.type),
    parentInvocationId: row.parent_invocation_id,
    chuteId: row.chute_id,
    attemptedAt: row.created_at,
    settledAt: row.settled_at,
    hasError: row.has_error,
    tokensIn: row.tokens_in,
    tokensOut: row.tokens_out,
  };
  if (kindOf(row.kind) === "blind") return { kind: "blind", ...common };
  return {
    kind: "traced",
    ...common,
    invocationId: row.invocation_id,
    functionName: row.function_name ?? "",
    instanceId: row.instance_id ?? "",
    minerUid: row.miner_uid ?? -1,
    minerHotkey: row.miner_hotkey ?? "",
  };
}

const VERDICTS = ["FOUND", "MISMATCH", "MISSING", "NO_CSV"] as const;

/** No result yet: it is pending. */
function verdictOf(text: string | null): SyntheticVerdict["kind"] {
  return VERDICTS.find((verdict) => verdict === text) ?? "PENDING";
}

function kindOf(text: string): Probe["kind"] {
  return text === "blind" ? "blind" : "traced";
}

function typeOf(text: string): SyntheticType {
  const type = SYNTHETIC_TYPES.find((one) => one === text);
  if (type === undefined) throw new RangeError(`a synthetic of type ${text} was not written by us`);
  return type;
}
