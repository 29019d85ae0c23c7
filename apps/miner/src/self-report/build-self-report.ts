import { deploymentUuid, formatIsoTime, workloadUuid } from "@neurond/exports";
import { type Hotkey, type Netuid, parseHotkey } from "@neurond/primitives";
import type { SliceCount } from "./slice-counters.ts";

/** What a miner says of one slice. */
export interface SelfReportParts {
  readonly netuid: Netuid;
  readonly miner: Hotkey;
  readonly startMs: number;
  readonly endMs: number;
  /** When counting began. */
  readonly sinceMs: number;
  readonly counts: readonly SliceCount[];
}

/**
 * The bytes of a miner's report, in the keys that auditors know. There is a deployment for each workload and
 * validator, so that a validator's auditor counts what was answered to that validator and nothing else.
 */
export function buildSelfReport(parts: SelfReportParts): Uint8Array {
  const { netuid, miner, startMs, endMs, sinceMs, counts } = parts;
  const named = counts.map((one) => {
    const { workload } = one;
    const validator = parseHotkey(one.validator);
    const deployment_id = deploymentUuid({ miner, validator, workload });
    return { ...one, deployment_id, chute_id: workloadUuid(netuid, workload) };
  });
  return Buffer.from(
    JSON.stringify({
      miner_hotkey: miner,
      start_time: `${formatIsoTime(startMs * 1_000)}+00:00`,
      end_time: `${formatIsoTime(endMs * 1_000)}+00:00`,
      prometheus_message: uptimeText(startMs, endMs, sinceMs),
      prometheus_metrics: named.map(({ workload, count, seconds, ...ids }) => ({
        chute_id: ids.chute_id,
        deployment_id: ids.deployment_id,
        function: workload,
        total_seconds: seconds,
        total_count: count,
      })),
      deployment_audit: named.map(({ deployment_id, chute_id, validator }) => ({
        deployment_id,
        validator,
        instance_id: null,
        chute_id,
        version: null,
        created_at: formatIsoTime(sinceMs * 1_000),
        verified_at: null,
        deleted_at: null,
        activated_at: formatIsoTime(sinceMs * 1_000),
        compute_multiplier: 1,
      })),
    }),
  );
}

/** Readers look for a number of seconds in it: without one the counters have run all along. */
function uptimeText(startMs: number, endMs: number, sinceMs: number): string {
  if (sinceMs <= startMs) return "counters have run throughout the slice";
  const seconds = Math.max(0, Math.floor((endMs - sinceMs) / 1_000));
  return `counters have run for ${seconds} seconds of the slice only`;
}
