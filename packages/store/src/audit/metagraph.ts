import { hash } from "node:crypto";
import type { MetagraphNode } from "@neurond/ingest";
import { canonicalJson, type Hotkey, type Netuid } from "@neurond/primitives";
import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../tables.ts";
import type { MetagraphNodesTable } from "./tables.ts";

/** Rows of one statement; Postgres takes 65535 values. */
const BATCH = 1_000;

/** Makes the kept neurons of a subnet these: rows that say the same are not written again, those of who left go. */
export async function replaceNodes(
  database: Kysely<Tables>,
  netuid: Netuid,
  nodes: readonly MetagraphNode[],
  nowMs: number,
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    // Several validators of one subnet are looked at side by side, and each look keeps its neurons.
    await sql`select pg_advisory_xact_lock(hashtext('metagraph_nodes'), ${netuid})`.execute(
      transaction,
    );
    const known = await transaction
      .selectFrom("metagraph_nodes")
      .select(["hotkey", "checksum"])
      .where("netuid", "=", netuid)
      .execute();
    const checksums = new Map(known.map(({ hotkey, checksum }) => [hotkey, checksum]));
    const rows = nodes.map((node) => rowOf(node, nowMs));
    const here = new Set<string>(nodes.map(({ hotkey }) => hotkey));
    const left = known.map(({ hotkey }) => hotkey).filter((hotkey) => !here.has(hotkey));
    const changed = rows.filter(({ hotkey, checksum }) => checksums.get(hotkey) !== checksum);
    const stale = [...left, ...changed.map(({ hotkey }) => hotkey)];
    for (let at = 0; at < stale.length; at += BATCH)
      await transaction
        .deleteFrom("metagraph_nodes")
        .where("netuid", "=", netuid)
        .where("hotkey", "in", stale.slice(at, at + BATCH))
        .execute();
    for (let at = 0; at < changed.length; at += BATCH)
      await transaction
        .insertInto("metagraph_nodes")
        .values(changed.slice(at, at + BATCH))
        .execute();
  });
}

/** The neurons of a subnet by uid. */
export async function readNodes(
  database: Kysely<Tables>,
  netuid: Netuid,
): Promise<readonly MetagraphNode[]> {
  const rows = await database
    .selectFrom("metagraph_nodes")
    .selectAll()
    .where("netuid", "=", netuid)
    .orderBy("node_id")
    .execute();
  return rows.map(nodeOf);
}

/** Makes the GPU counts that a source states these. */
export async function replaceGpuCounts(
  database: Kysely<Tables>,
  source: Hotkey,
  counts: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = [...counts].map(([chute_id, gpu_count]) => ({ source, chute_id, gpu_count }));
  await database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("gpu_counts").where("source", "=", source).execute();
    for (let at = 0; at < rows.length; at += BATCH)
      await transaction
        .insertInto("gpu_counts")
        .values(rows.slice(at, at + BATCH))
        .execute();
  });
}

/** The GPU counts that a source stated last, by chute. */
export async function readGpuCounts(
  database: Kysely<Tables>,
  source: Hotkey,
): Promise<ReadonlyMap<string, number>> {
  const rows = await database
    .selectFrom("gpu_counts")
    .selectAll()
    .where("source", "=", source)
    .execute();
  return new Map(rows.map(({ chute_id, gpu_count }) => [chute_id, gpu_count]));
}

function rowOf(node: MetagraphNode, nowMs: number): Insertable<MetagraphNodesTable> {
  const { hotkey, netuid, coldkey, incentive, vtrust, ip, port, protocol } = node;
  const row = {
    hotkey,
    netuid,
    coldkey,
    node_id: node.nodeId,
    incentive,
    stake: node.stake?.toString() ?? null,
    tao_stake: node.taoStake?.toString() ?? null,
    alpha_stake: node.alphaStake?.toString() ?? null,
    // The chain has no such figure any more, and nobody is asked where a neuron really is.
    trust: null,
    real_host: null,
    real_port: null,
    vtrust,
    last_updated: node.lastUpdated,
    ip,
    ip_type: ip === null ? null : ip.includes(":") ? 6 : 4,
    port,
    protocol,
  };
  return { ...row, checksum: hash("sha256", canonicalJson(row), "hex"), synced_at: nowMs };
}

function nodeOf(row: Selectable<MetagraphNodesTable>): MetagraphNode {
  const raoOf = (text: string | null) => (text === null ? null : BigInt(text));
  return {
    netuid: row.netuid as Netuid,
    hotkey: row.hotkey as Hotkey,
    coldkey: row.coldkey,
    nodeId: row.node_id,
    incentive: row.incentive,
    stake: raoOf(row.stake),
    taoStake: raoOf(row.tao_stake),
    alphaStake: raoOf(row.alpha_stake),
    vtrust: row.vtrust,
    lastUpdated: row.last_updated,
    ip: row.ip,
    port: row.port,
    protocol: row.protocol,
  };
}
