import { type Cells, number, numberOrNull, text, textOrNull, truth } from "./cells.ts";
import type { InstanceRow, Seen } from "./rows.ts";
import type { Warehouse } from "./warehouse.ts";
import { endValue, fixWindow, KNOWN_ENTRIES, type WindowOptions } from "./window.ts";

/** An instance as it stands at some time. */
export type KnownInstance = InstanceRow & Seen & { readonly instanceId: string };

const COLUMNS = [
  "instance_id",
  "deployment_id",
  "validator",
  "chute_id",
  "version",
  "miner_uid",
  "miner_hotkey",
  "region",
  "created_at",
  "verified_at",
  "activated_at",
  "deleted_at",
  "deletion_reason",
  "billed_to",
  "stop_billing_at",
  "compute_multiplier",
  "bounty",
  "valid_termination",
] as const;

/** Each instance as the newest report states it, ordered by id; of `miner` reports, each miner's own account. */
export async function latestInstances(
  warehouse: Warehouse,
  options: WindowOptions & { readonly kind?: "validator" | "miner" } = {},
): Promise<readonly KnownInstance[]> {
  return await select(warehouse, options, "latest.*");
}

/**
 * As `latestInstances` of the validator, with the first activation, the last deletion and end of
 * billing, and any payer that was ever stated.
 */
export async function mergedInstances(
  warehouse: Warehouse,
  options: WindowOptions = {},
): Promise<readonly KnownInstance[]> {
  return await select(warehouse, options, MERGED);
}

const MERGED = `latest.* REPLACE (first_activated AS activated_at, last_deleted AS deleted_at,
  last_billed AS stop_billing_at, coalesce(latest.billed_to, payer) AS billed_to)`;

async function select(
  warehouse: Warehouse,
  options: WindowOptions & { readonly kind?: "validator" | "miner" },
  form: string,
): Promise<readonly KnownInstance[]> {
  const { engine } = warehouse;
  const { kind = "validator" } = options;
  return await engine.exclusive(async () => {
    const window = await fixWindow(warehouse, options);
    const packed = COLUMNS.map((name) => `${name} := ${name}`).join(", ");
    const rows = await engine.rows(
      `WITH ${KNOWN_ENTRIES} SELECT ${form}, seen_at FROM (
         SELECT arg_max(struct_pack(${packed}), rank) AS latest, max(end_time) AS seen_at,
           min(activated_at) AS first_activated, max(deleted_at) AS last_deleted,
           max(stop_billing_at) AS last_billed, max(billed_to) AS payer
         FROM instances JOIN known USING (seq) WHERE kind = $kind AND instance_id IS NOT NULL
         GROUP BY instance_id, CASE WHEN kind = 'miner' THEN miner_hotkey END)
       ORDER BY latest.instance_id, latest.miner_hotkey`,
      { ...endValue(window), kind },
    );
    return rows.map(instanceOf);
  });
}

function instanceOf(row: Cells): KnownInstance {
  return {
    instanceId: text(row, "instance_id"),
    deploymentId: textOrNull(row, "deployment_id"),
    validator: textOrNull(row, "validator"),
    chuteId: text(row, "chute_id"),
    version: textOrNull(row, "version"),
    minerUid: numberOrNull(row, "miner_uid"),
    minerHotkey: text(row, "miner_hotkey"),
    region: textOrNull(row, "region"),
    createdAt: number(row, "created_at"),
    verifiedAt: numberOrNull(row, "verified_at"),
    activatedAt: numberOrNull(row, "activated_at"),
    deletedAt: numberOrNull(row, "deleted_at"),
    deletionReason: textOrNull(row, "deletion_reason"),
    billedTo: textOrNull(row, "billed_to"),
    stopBillingAt: numberOrNull(row, "stop_billing_at"),
    computeMultiplier: numberOrNull(row, "compute_multiplier"),
    bounty: truth(row, "bounty"),
    validTermination: truth(row, "valid_termination"),
    seenAt: number(row, "seen_at"),
  };
}
