import { z } from "zod";
import {
  LooseUid,
  OptionalFlag,
  OptionalNumber,
  OptionalText,
  OptionalTime,
  Time,
} from "./fields.ts";

/** A row of `instance_audit`: what the validator says of one instance as of the export. */
export const InstanceAuditRow = z.object({
  instance_id: z.string().min(1),
  chute_id: OptionalText,
  version: OptionalText,
  miner_uid: LooseUid,
  miner_hotkey: OptionalText,
  region: OptionalText,
  created_at: OptionalTime,
  verified_at: OptionalTime,
  activated_at: OptionalTime,
  deleted_at: OptionalTime,
  deletion_reason: OptionalText,
  /** Who pays, for private chutes and jobs only. */
  billed_to: OptionalText,
  stop_billing_at: OptionalTime,
  compute_multiplier: OptionalNumber,
  hourly_rate: OptionalNumber,
  /** Whether the instance claimed a bounty (second generation and later). */
  bounty: OptionalFlag,
  /** Whether the platform ended it. */
  valid_termination: OptionalFlag,
});
export type InstanceAuditRow = z.infer<typeof InstanceAuditRow>;

/** A row of `compute_history`: the multiplier of an instance over a stretch of time. */
export const ComputeHistoryRow = z.object({
  instance_id: z.string().min(1),
  compute_multiplier: z.number(),
  started_at: Time,
  /** Null while it lasts. */
  ended_at: OptionalTime,
});
export type ComputeHistoryRow = z.infer<typeof ComputeHistoryRow>;

/** A row of a miner's `deployment_audit`; the last two are ours and absent in upstream's. */
export const DeploymentAuditRow = z.object({
  deployment_id: z.string().min(1),
  validator: OptionalText,
  instance_id: OptionalText,
  chute_id: OptionalText,
  version: OptionalText,
  created_at: OptionalTime,
  verified_at: OptionalTime,
  deleted_at: OptionalTime,
  activated_at: OptionalTime,
  compute_multiplier: OptionalNumber,
});
export type DeploymentAuditRow = z.infer<typeof DeploymentAuditRow>;

/** A row of `prometheus_metrics`: what a miner counted in an hour. */
export const MinerMetricRow = z.object({
  chute_id: z.string(),
  deployment_id: z.string(),
  function: z.string(),
  total_seconds: z.number(),
  total_count: z.number(),
});
export type MinerMetricRow = z.infer<typeof MinerMetricRow>;
