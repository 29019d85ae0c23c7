import type { Kysely } from "kysely";

/** What scores are compared with and depend on beside exports, in tables that SQL of other auditors knows. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("metagraph_nodes")
    .addColumn("hotkey", "text", (column) => column.notNull())
    .addColumn("netuid", "integer", (column) => column.notNull())
    .addColumn("checksum", "text", (column) => column.notNull())
    .addColumn("coldkey", "text", (column) => column.notNull())
    .addColumn("node_id", "integer", (column) => column.notNull())
    .addColumn("incentive", "integer", (column) => column.notNull())
    .addColumn("stake", "numeric")
    .addColumn("tao_stake", "numeric")
    .addColumn("alpha_stake", "numeric")
    .addColumn("trust", "integer")
    .addColumn("vtrust", "integer")
    .addColumn("last_updated", "bigint")
    .addColumn("ip", "text")
    .addColumn("ip_type", "integer")
    .addColumn("port", "integer")
    .addColumn("protocol", "integer")
    .addColumn("real_host", "text")
    .addColumn("real_port", "integer")
    .addColumn("synced_at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("metagraph_nodes_pkey", ["hotkey", "netuid"])
    .execute();
  await schema
    .createTable("gpu_counts")
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("chute_id", "text", (column) => column.notNull())
    .addColumn("gpu_count", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("gpu_counts_pkey", ["source", "chute_id"])
    .execute();
}
