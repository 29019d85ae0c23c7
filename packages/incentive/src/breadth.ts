import type { InstanceRow } from "./rows.ts";
import { HOUR_US, type Span } from "./time.ts";

/** How many different chutes a hotkey kept running, hour by hour, weighed by GPUs. */
export interface ChuteHours {
  /** Sum over all full hours of the GPU counts of the chutes running then. */
  readonly gpuHours: number;
  /** Full hours with at least one. */
  readonly activeHours: number;
  /** Full hours looked at: 169 in a week, both ends included. */
  readonly hours: number;
}

/** How hours become one integer; it differed between those who computed it. */
export interface BreadthRules {
  readonly idleHours: "skipped" | "zero";
  readonly rounding: "down" | "half_up";
}

/** Counts chutes by hour. Instances are one row each, merged or latest; a chute of unknown size is one GPU. */
export function chuteHours(
  instances: Iterable<InstanceRow>,
  gpuCounts: ReadonlyMap<string, number>,
  week: Span,
): ReadonlyMap<string, ChuteHours> {
  const first = Math.floor(week.start / HOUR_US);
  const hours = Math.floor(week.end / HOUR_US) - first + 1;
  const running = new Map<string, Map<string, Uint8Array>>();
  for (const instance of instances) {
    const [from, to] = activeHours(instance);
    if (from > to) continue;
    const chutes = running.get(instance.minerHotkey) ?? new Map<string, Uint8Array>();
    running.set(instance.minerHotkey, chutes);
    const marks = chutes.get(instance.chuteId) ?? new Uint8Array(hours);
    chutes.set(instance.chuteId, marks);
    marks.fill(1, Math.max(0, from - first), Math.max(0, to - first + 1));
  }
  return new Map(
    [...running].map(([hotkey, chutes]) => [hotkey, sumHours(chutes, gpuCounts, hours)]),
  );
}

/** One integer from the hours of a week. */
export function breadthOf(counted: ChuteHours | undefined, rules: BreadthRules): number {
  if (counted === undefined) return 0;
  const hours = rules.idleHours === "zero" ? counted.hours : counted.activeHours;
  if (hours === 0) return 0;
  const { gpuHours } = counted;
  return rules.rounding === "down"
    ? Math.floor(gpuHours / hours)
    : Math.floor((2 * gpuHours + hours) / (2 * hours));
}

/** First and last full hour (of the epoch) at which an instance counts as running; none when reversed. */
function activeHours(instance: InstanceRow): readonly [first: number, last: number] {
  const { activatedAt, deletedAt, billedTo } = instance;
  if (activatedAt === null) return [0, -1];
  const mustProve = billedTo === null;
  if (deletedAt === null) {
    return [Math.ceil((activatedAt + (mustProve ? HOUR_US : 0)) / HOUR_US), Infinity];
  }
  if (mustProve && deletedAt - activatedAt < HOUR_US) return [0, -1];
  return [Math.ceil(activatedAt / HOUR_US), Math.floor(deletedAt / HOUR_US)];
}

function sumHours(
  chutes: ReadonlyMap<string, Uint8Array>,
  gpuCounts: ReadonlyMap<string, number>,
  hours: number,
): ChuteHours {
  const active = new Uint8Array(hours);
  let gpuHours = 0;
  for (const [chuteId, marks] of chutes) {
    const gpus = gpuCounts.get(chuteId) ?? 1;
    for (const [hour, mark] of marks.entries()) {
      if (mark === 0) continue;
      active[hour] = 1;
      gpuHours += gpus;
    }
  }
  return { gpuHours, activeHours: active.reduce((sum, mark) => sum + mark, 0), hours };
}
