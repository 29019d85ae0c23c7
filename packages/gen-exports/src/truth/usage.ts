import type { Micros } from "@neurond/exports";
import type { Attempt } from "../traffic/attempt.ts";
import { LEGACY_CHUTE } from "../world/cast.ts";

/** What calls add to a miner's features, as of the end of the data set. */
export interface Usage {
  invocation_count: number;
  bounty_count: number;
  /** Of the first generation. */
  compute_units: number;
  /** Whether it has a public call, without which private instances earn nothing in the first generation. */
  hasPublic: boolean;
  /** Successful calls, private ones included: what its own counters should agree with. */
  audited: number;
  /** Of the second generation: units of all finished calls, and the count of the successful. */
  demand_units: number;
  demand_count: number;
}

const none = (): Usage => ({
  invocation_count: 0,
  bounty_count: 0,
  compute_units: 0,
  hasPublic: false,
  audited: 0,
  demand_units: 0,
  demand_count: 0,
});

/** Sums calls by hotkey in the order of their starts. */
export class UsageCounter {
  readonly byHotkey = new Map<string, Usage>();
  readonly #end: Micros;

  constructor(end: Micros) {
    this.#end = end;
  }

  add(attempt: Attempt): void {
    const { hotkey } = attempt.instance.miner;
    const usage = this.byHotkey.get(hotkey) ?? none();
    this.byHotkey.set(hotkey, usage);
    const isDone = attempt.completed < this.#end;
    const isSuccess = isDone && attempt.error === null;
    if (isSuccess) usage.audited += 1;
    if (attempt.uid < 0 || attempt.isExcluded) return;

    const metrics = isDone ? attempt.metrics : null;
    const isPrivate = metrics?.p === true && attempt.chute.id !== LEGACY_CHUTE;
    const units = isDone ? unitsOf(attempt) : 0;
    if (!isPrivate) usage.hasPublic = true;
    if (isSuccess && !isPrivate) usage.invocation_count += 1;
    if (attempt.bounty > 0 && !isPrivate) usage.bounty_count += 1;
    usage.compute_units +=
      attempt.bounty + (isSuccess && !isPrivate ? attempt.multiplier * units : 0);
    usage.demand_units += attempt.multiplier * units;
    if (isSuccess) usage.demand_count += 1;
  }
}

/** Normalised seconds of a finished call: by the first of four measures that it has. */
export function unitsOf({ metrics, started, completed }: Attempt): number {
  const { nc, steps, masps, it, ot, maspt } = metrics ?? {};
  if (nc && nc > 0) return nc;
  if (steps && steps > 0 && masps) return steps * masps;
  if (it && it > 0 && ot && ot > 0 && maspt) return (it + ot) * maspt;
  return (completed - started) / 1_000_000;
}
