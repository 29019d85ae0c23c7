import { hash } from "node:crypto";
import { formatIsoTime, MAX_MINER_REPORT_CHARS, type Micros } from "@neurond/exports";
import type { Random } from "../random.ts";
import type { Attempt } from "../traffic/attempt.ts";
import type { Miner } from "../world/cast.ts";
import { type Instance, isExported } from "../world/instance.ts";

interface Count {
  readonly chuteId: string;
  readonly deploymentId: string;
  readonly functionName: string;
  count: number;
  seconds: number;
}

/** What each miner's counters saw in one slice: calls that ended well in it. */
export class SliceCounts {
  readonly #byMiner = new Map<number, Map<string, Count>>();

  add({ instance, functionName, error, started, completed }: Attempt): void {
    if (error !== null) return;
    const own = this.#byMiner.get(instance.miner.index) ?? new Map<string, Count>();
    this.#byMiner.set(instance.miner.index, own);
    const key = `${instance.deploymentId} ${functionName}`;
    const count = own.get(key) ?? {
      chuteId: instance.chute.id,
      deploymentId: instance.deploymentId,
      functionName,
      count: 0,
      seconds: 0,
    };
    own.set(key, count);
    count.count += 1;
    count.seconds += (completed - started) / 1_000_000;
  }

  of(miner: Miner): readonly Count[] {
    return [...(this.#byMiner.get(miner.index)?.values() ?? [])];
  }
}

/** A miner's report of its slice. */
export interface MinerReportText {
  readonly bytes: Uint8Array;
  readonly sha256: Uint8Array;
  /** Calls that it claims. */
  readonly claimed: number;
}

/** What a miner says of its slice: nearly what the validator saw; less after a restart, more when it cheats. */
export function minerReport(
  at: { miner: Miner; validator: string; start: Micros; end: Micros; isOversize: boolean },
  counts: readonly Count[],
  lives: readonly Instance[],
  random: Random,
): MinerReportText {
  const { miner, start, end } = at;
  const isRestarted = random.chance(0.02);
  const share = miner.claim * (isRestarted ? random.between(0, 0.9) : random.between(0.88, 1));
  const uptime = Math.round(random.between(60, 3_500));
  // Counts are whole, and few for one deployment: what is cut from one is owed to the next.
  let owed = 0;
  const metrics = counts.map((count) => {
    const exact = count.count * share + owed;
    const total_count = Math.trunc(exact);
    owed = exact - total_count;
    return {
      chute_id: count.chuteId,
      deployment_id: count.deploymentId,
      function: count.functionName,
      total_seconds: count.seconds * share,
      total_count,
    };
  });
  const text = JSON.stringify({
    miner_hotkey: miner.hotkey,
    start_time: `${formatIsoTime(start)}+00:00`,
    end_time: `${formatIsoTime(end)}+00:00`,
    prometheus_message: isRestarted
      ? `prometheus has been up for ${uptime} seconds only`
      : messageOf(random),
    prometheus_metrics: metrics.filter(({ total_seconds }) => total_seconds > 0),
    deployment_audit: lives
      .filter((instance) => instance.miner === miner && isExported(instance, start, end))
      .map((instance) => deploymentOf(instance, at.validator, end)),
  });
  const bytes = Buffer.from(at.isOversize ? text.padEnd(MAX_MINER_REPORT_CHARS + 1_024) : text);
  const claimed = metrics.reduce((sum, { total_count }) => sum + total_count, 0);
  return { bytes, sha256: hash("sha256", bytes, "buffer"), claimed };
}

const messageOf = (random: Random): string =>
  random.chance(0.01) ? "uptime of prometheus is unknown" : "prometheus was up for the whole slice";

function deploymentOf(instance: Instance, validator: string, now: Micros) {
  const time = (value: Micros) => (value < now ? formatIsoTime(value) : null);
  return {
    deployment_id: instance.deploymentId,
    validator,
    instance_id: instance.id,
    chute_id: instance.chute.id,
    version: instance.chute.version,
    created_at: time(instance.created),
    verified_at: time(instance.verified),
    deleted_at: time(instance.deleted),
  };
}
