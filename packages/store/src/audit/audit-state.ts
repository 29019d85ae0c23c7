import {
  type AuditState,
  type ExportedRun,
  type Finding,
  findingKey,
  type MetagraphNode,
  type ScoreRun,
  type SeenDigest,
  type Step,
  type TrackedEntry,
} from "@neurond/ingest";
import type { Hex, Hotkey, Netuid } from "@neurond/primitives";
import type { Kysely } from "kysely";
import type { Tables } from "../tables.ts";
import { forgetEntries, readEntries, saveEntry, trackEntries } from "./entries.ts";
import { insertExportedRuns, readExportedRuns } from "./exported-runs.ts";
import { readGpuCounts, readNodes, replaceGpuCounts, replaceNodes } from "./metagraph.ts";
import { insertScores, newestScores } from "./scores.ts";

/** State, verdicts and scores of an auditor of exports, in Postgres. */
export class PostgresAuditState implements AuditState {
  readonly #database: Kysely<Tables>;
  readonly #now: () => number;

  constructor(database: Kysely<Tables>, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  track(entries: readonly TrackedEntry[]): Promise<number> {
    return trackEntries(this.#database, entries);
  }

  entries(source: Hotkey): Promise<readonly TrackedEntry[]> {
    return readEntries(this.#database, source);
  }

  save(entry: TrackedEntry): Promise<void> {
    return saveEntry(this.#database, entry);
  }

  async markScored(source: Hotkey): Promise<void> {
    await this.#database
      .updateTable("ingest_state")
      .set({ step: "SCORED" satisfies Step })
      .where("source", "=", source)
      .where("step", "=", "LOADED" satisfies Step)
      .execute();
  }

  forget(source: Hotkey, endedBefore: number): Promise<readonly string[]> {
    return forgetEntries(this.#database, source, endedBefore);
  }

  async addFindings(findings: readonly Finding[]): Promise<readonly Finding[]> {
    const keyed = new Map(findings.map((finding) => [keyOf(finding), finding]));
    const rows = [...keyed.values()].map((finding) => findingRow(finding, this.#now()));
    const fresh: Finding[] = [];
    for (let at = 0; at < rows.length; at += BATCH) {
      const added = await this.#database
        .insertInto("audit_findings")
        .values(rows.slice(at, at + BATCH))
        .onConflict((conflict) => conflict.columns(["source", "key"]).doNothing())
        .returning(["source", "key"])
        .execute();
      fresh.push(...added.flatMap(({ source, key }) => keyed.get(`${source} ${key}`) ?? []));
    }
    return fresh;
  }

  async findings(source: Hotkey, limit: number): Promise<readonly Finding[]> {
    const rows = await this.#database
      .selectFrom("audit_findings")
      .selectAll()
      .where("source", "=", source)
      .orderBy("serial", "desc")
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      source,
      kind: row.kind as Finding["kind"],
      severity: row.severity as Finding["severity"],
      subject: row.subject,
      entryId: row.entry_id,
      endTime: row.end_time,
      detail: row.detail,
    }));
  }

  async saveScores(run: ScoreRun): Promise<void> {
    await insertScores(this.#database, run);
  }

  latestScores(source: Hotkey): Promise<ScoreRun | null> {
    return newestScores(this.#database, source);
  }

  saveExportedRuns(runs: readonly ExportedRun[]): Promise<void> {
    return insertExportedRuns(this.#database, runs);
  }

  exportedRuns(source: Hotkey): Promise<readonly ExportedRun[]> {
    return readExportedRuns(this.#database, source);
  }

  saveNodes(netuid: Netuid, nodes: readonly MetagraphNode[]): Promise<void> {
    return replaceNodes(this.#database, netuid, nodes, this.#now());
  }

  nodes(netuid: Netuid): Promise<readonly MetagraphNode[]> {
    return readNodes(this.#database, netuid);
  }

  saveGpuCounts(source: Hotkey, counts: ReadonlyMap<string, number>): Promise<void> {
    return replaceGpuCounts(this.#database, source, counts);
  }

  gpuCounts(source: Hotkey): Promise<ReadonlyMap<string, number>> {
    return readGpuCounts(this.#database, source);
  }

  async digestsAt(netuid: Netuid, hotkey: Hotkey, block: number): Promise<readonly SeenDigest[]> {
    const rows = await this.#database
      .selectFrom("commitments")
      .selectAll()
      .where("netuid", "=", netuid)
      .where("hotkey", "=", hotkey)
      .where("block", "=", block)
      .orderBy("extrinsic_index")
      .execute();
    return rows.map((row) => ({
      netuid,
      hotkey,
      block,
      extrinsicIndex: row.extrinsic_index,
      blockHash: row.block_hash as Hex,
      blockTime: row.block_time,
      digest: row.digest,
    }));
  }

  async followedTo(netuid: Netuid): Promise<number | null> {
    const row = await this.#database
      .selectFrom("scans")
      .select("block")
      .where("name", "=", scanOf(netuid))
      .executeTakeFirst();
    return row?.block ?? null;
  }

  async saveDigests(
    netuid: Netuid,
    seen: readonly SeenDigest[],
    followedTo: number,
  ): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      if (seen.length > 0) {
        await transaction
          .insertInto("commitments")
          .values(
            seen.map((digest) => ({
              netuid,
              hotkey: digest.hotkey,
              block: digest.block,
              extrinsic_index: digest.extrinsicIndex,
              block_hash: digest.blockHash,
              block_time: digest.blockTime,
              digest: digest.digest,
            })),
          )
          .onConflict((conflict) =>
            conflict.columns(["netuid", "hotkey", "block", "extrinsic_index"]).doNothing(),
          )
          .execute();
      }
      await transaction
        .insertInto("scans")
        .values({ name: scanOf(netuid), block: followedTo })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ block: followedTo }))
        .execute();
    });
  }
}

/** Rows of one statement; Postgres takes 65535 values. */
const BATCH = 1_000;

function findingRow(finding: Finding, found_ms: number) {
  const { source, kind, severity, entryId: entry_id, endTime: end_time } = finding;
  const key = findingKey(finding);
  // What came from a stranger's listing may hold what Postgres has no text for.
  const [subject, detail] = [finding.subject, finding.detail].map((text) =>
    text.replaceAll("\0", "").toWellFormed(),
  );
  const texts = { subject: subject ?? "", detail: detail ?? "" };
  return {
    source,
    key: key.replaceAll("\0", ""),
    kind,
    severity,
    ...texts,
    entry_id,
    end_time,
    found_ms,
  };
}

const scanOf = (netuid: Netuid): string => `exports/${netuid}`;
const keyOf = (finding: Finding): string => `${finding.source} ${findingKey(finding)}`;
