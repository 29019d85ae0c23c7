import type { Micros } from "../timestamp.ts";
import type { ComputeHistoryRow, InstanceAuditRow } from "./instances.ts";

/** An instance as a report states it, in the words of whoever scores it. */
export interface StatedInstance {
  readonly instanceId: string;
  readonly chuteId: string;
  readonly version: string | null;
  readonly minerUid: number | null;
  readonly minerHotkey: string;
  readonly region: string | null;
  readonly createdAt: Micros;
  readonly verifiedAt: Micros | null;
  readonly activatedAt: Micros | null;
  readonly deletedAt: Micros | null;
  readonly deletionReason: string | null;
  /** The user who pays for a private instance; never the empty string. */
  readonly billedTo: string | null;
  readonly stopBillingAt: Micros | null;
  readonly computeMultiplier: number | null;
  /** A bounty was claimed with it. */
  readonly bounty: boolean;
  readonly validTermination: boolean;
}

/** A stretch of an instance's life under one multiplier. */
export interface StatedHistory {
  readonly instanceId: string;
  readonly computeMultiplier: number;
  readonly startedAt: Micros;
  readonly endedAt: Micros | null;
}

/** A row of `instance_audit`; a creation that is not stated is the first thing that is. */
export function statedInstance(row: InstanceAuditRow): StatedInstance {
  return {
    instanceId: row.instance_id,
    chuteId: row.chute_id ?? "",
    version: row.version,
    minerUid: row.miner_uid,
    minerHotkey: row.miner_hotkey ?? "",
    region: row.region,
    createdAt: row.created_at ?? row.verified_at ?? row.activated_at ?? 0,
    verifiedAt: row.verified_at,
    activatedAt: row.activated_at,
    deletedAt: row.deleted_at,
    deletionReason: row.deletion_reason,
    billedTo: row.billed_to,
    stopBillingAt: row.stop_billing_at,
    computeMultiplier: row.compute_multiplier,
    bounty: row.bounty,
    validTermination: row.valid_termination,
  };
}

/** A row of `compute_history`. */
export function statedHistory(row: ComputeHistoryRow): StatedHistory {
  return {
    instanceId: row.instance_id,
    computeMultiplier: row.compute_multiplier,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
