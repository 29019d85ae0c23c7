import { type ComputeHistoryRow, type InstanceAuditRow, workloadUuid } from "@neurond/exports";
import type { HistoryRow, InstanceRow } from "@neurond/incentive";
import type { FamilyId } from "@neurond/ledger";
import type { Hotkey, Netuid, Uid } from "@neurond/primitives";
import type { Service, ServiceRun } from "@neurond/store";
import { nativeUuid } from "./node-hash.ts";

const FULL = 1_000_000;

/** What services are called in exports. */
export interface ServiceView {
  readonly netuid: Netuid;
  /** SHA-256 of the rules, where others have the version of a chute's code. */
  readonly configHash: string;
  readonly workloads: ReadonlyMap<FamilyId, string>;
  readonly uids: ReadonlyMap<Hotkey, Uid>;
}

/** A service as a row of `instance_audit`. */
export function instanceAudit(service: Service, view: ServiceView): InstanceAuditRow {
  const { startedUs, ended } = service;
  return {
    instance_id: service.instanceId,
    chute_id: chuteOf(service, view),
    version: nativeUuid(`neurond.rules.${view.configHash}`),
    miner_uid: view.uids.get(service.miner) ?? null,
    miner_hotkey: service.miner,
    region: null,
    created_at: startedUs,
    verified_at: startedUs,
    activated_at: startedUs,
    deleted_at: ended?.atUs ?? null,
    deletion_reason: ended?.reason ?? null,
    billed_to: null,
    stop_billing_at: null,
    compute_multiplier: service.multiplierMicro / FULL,
    hourly_rate: null,
    bounty: false,
    valid_termination: ended?.unmeasured ?? false,
  };
}

/** What a service earned in a run as a row of `compute_history`. */
export function historyRow(earned: ServiceRun): ComputeHistoryRow {
  return {
    instance_id: earned.instanceId,
    compute_multiplier: earned.multiplierMicro / FULL,
    started_at: earned.startedUs,
    ended_at: earned.endedUs,
  };
}

/** A service as scoring reads it out of a report. */
export function scoredInstance(service: Service, view: ServiceView, seenAt: number): InstanceRow {
  const row = instanceAudit(service, view);
  return {
    instanceId: row.instance_id,
    chuteId: row.chute_id ?? "",
    minerHotkey: service.miner,
    createdAt: service.startedUs,
    verifiedAt: row.verified_at,
    activatedAt: row.activated_at,
    deletedAt: row.deleted_at,
    deletionReason: row.deletion_reason,
    billedTo: null,
    stopBillingAt: null,
    computeMultiplier: row.compute_multiplier,
    bounty: row.bounty,
    validTermination: row.valid_termination,
    seenAt,
  };
}

/** What a service earned as scoring reads it out of a report. */
export function scoredHistory(earned: ServiceRun, seenAt: number): HistoryRow {
  const { instanceId, startedUs: startedAt, endedUs: endedAt } = earned;
  return {
    instanceId,
    computeMultiplier: earned.multiplierMicro / FULL,
    startedAt,
    endedAt,
    seenAt,
  };
}

function chuteOf({ family }: Service, { netuid, workloads }: ServiceView): string {
  return workloadUuid(netuid, workloads.get(family) ?? family, nativeUuid);
}
