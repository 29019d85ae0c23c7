import type { ComputeHistoryRow, InstanceAuditRow, Micros } from "@neurond/exports";
import type { Chute, Miner } from "./cast.ts";

/** A stretch of time with one multiplier. */
export interface Stretch {
  readonly from: Micros;
  /** Infinity while it lasts. */
  readonly to: Micros;
  readonly multiplier: number;
}

/** The whole life of an instance, as nobody knows it before its end. Times that never come are Infinity. */
export interface Instance {
  readonly id: string;
  readonly deploymentId: string;
  readonly chute: Chute;
  readonly miner: Miner;
  readonly region: string;
  readonly created: Micros;
  readonly verified: Micros;
  readonly activated: Micros;
  readonly deleted: Micros;
  readonly reason: string;
  readonly validTermination: boolean;
  readonly billedTo: string | null;
  /** Null: billing is not stopped. Known once the instance is deleted, or from the start. */
  readonly stopBilling: Micros | null;
  readonly bounty: boolean;
  /** Startup, then what it earned while it was active. */
  readonly history: readonly Stretch[];
}

/** Whether the report of the slice [start, end) holds the instance: it lived, or died in the slice. */
export function isExported({ created, deleted }: Instance, start: Micros, end: Micros): boolean {
  return created < end && deleted >= start;
}

/** Its row as of `now`: nothing that comes later is known. */
export function instanceRow(instance: Instance, now: Micros): InstanceAuditRow {
  const { chute, miner, deleted } = instance;
  const isDeleted = deleted < now;
  return {
    instance_id: instance.id,
    chute_id: chute.id,
    version: chute.version,
    miner_uid: miner.uid,
    miner_hotkey: miner.hotkey,
    region: instance.region,
    created_at: instance.created,
    verified_at: known(instance.verified, now),
    activated_at: known(instance.activated, now),
    deleted_at: known(deleted, now),
    deletion_reason: isDeleted ? instance.reason : null,
    billed_to: instance.billedTo,
    stop_billing_at:
      isDeleted || deleted === Number.POSITIVE_INFINITY ? instance.stopBilling : null,
    compute_multiplier: multiplierAt(instance, now),
    hourly_rate: null,
    bounty: instance.bounty,
    valid_termination: isDeleted && instance.validTermination,
  };
}

/** The multiplier in force at a time, or the last one before. */
export function multiplierAt({ history, chute }: Instance, now: Micros): number {
  for (let index = history.length - 1; index > 0; index -= 1) {
    const stretch = history[index];
    if (stretch !== undefined && stretch.from <= now) return stretch.multiplier;
  }
  return history[1]?.multiplier ?? chute.multiplier;
}

/** Rows of its history that the report of [start, end) holds, as of its end. */
export function historyRows(
  instance: Instance,
  start: Micros,
  end: Micros,
): readonly ComputeHistoryRow[] {
  if (instance.activated >= end) return [];
  return instance.history
    .filter(({ from, to }) => from < end && to >= start)
    .map(({ from, to, multiplier }) => ({
      instance_id: instance.id,
      compute_multiplier: multiplier,
      started_at: from,
      ended_at: known(to, end),
    }));
}

const known = (time: Micros, now: Micros): Micros | null => (time < now ? time : null);
