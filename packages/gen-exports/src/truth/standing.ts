import { keepsCredit, MICROS_PER_HOUR, type Micros } from "@neurond/exports";
import type { Instance } from "../world/instance.ts";

const WEEK = 168 * MICROS_PER_HOUR;

/** What instances add to a miner's features, as of the end of the data set. */
export interface Standing {
  /** First generation: mean over hours with any, to a whole number. */
  unique_chute_count: number;
  /** Second generation: mean over all hours. */
  breadth: number;
  private_instances: number;
  private_seconds: number;
  private_units: number;
  /** Second generation: seconds times multiplier of eligible instances. */
  base_units: number;
  /** Third generation: the same by the history of the multiplier. */
  history_units: number;
  /** Second generation: instances with a bounty, by chute. */
  readonly bounties: Map<string, number>;
}

/** Sums instances that the data set's reports hold; `from` is the start of its first slice. */
export function standings(
  lives: readonly Instance[],
  from: Micros,
  end: Micros,
): ReadonlyMap<string, Standing> {
  const byHotkey = new Map<string, Instance[]>();
  for (const instance of lives) {
    const { hotkey } = instance.miner;
    const list = byHotkey.get(hotkey);
    if (instance.created >= end || instance.deleted < from) continue;
    if (list === undefined) byHotkey.set(hotkey, [instance]);
    else list.push(instance);
  }
  return new Map([...byHotkey].map(([hotkey, own]) => [hotkey, standingOf(own, from, end)]));
}

function standingOf(own: readonly Instance[], from: Micros, end: Micros): Standing {
  const standing: Standing = {
    ...breadthOf(own, end),
    private_instances: 0,
    private_seconds: 0,
    private_units: 0,
    base_units: 0,
    history_units: 0,
    bounties: new Map(),
  };
  for (const instance of own) {
    if (instance.activated >= end) continue;
    const known = asOf(instance, end);
    if (isCredited(instance, end)) {
      const seconds = overlap(Math.max(instance.activated, end - WEEK), stopOf(instance, end));
      if (seconds > 0) {
        standing.private_instances += 1;
        standing.private_seconds += seconds;
        standing.private_units += seconds * known;
      }
    }
    if (!isEligible(instance, end)) continue;
    standing.history_units += historyUnits(instance, from, end, known);
    const paid = overlap(Math.max(instance.activated, end - WEEK), stopOf(instance, end));
    if (paid <= 0) continue;
    standing.base_units += paid * known;
    if (instance.bounty) {
      const { id } = instance.chute;
      standing.bounties.set(id, (standing.bounties.get(id) ?? 0) + 1);
    }
  }
  return standing;
}

/** Private instances keep credit while they live, and after four kinds of ends. */
const isCredited = (instance: Instance, end: Micros): boolean =>
  instance.billedTo !== null && (instance.deleted >= end || keepsCredit(instance.reason));

function isEligible(instance: Instance, end: Micros): boolean {
  const { deleted, activated, billedTo, reason, validTermination } = instance;
  if (deleted >= end) return true;
  if (deleted < end - WEEK) return false;
  if (validTermination || keepsCredit(reason)) return true;
  return billedTo === null && deleted - activated >= MICROS_PER_HOUR;
}

/** Third generation: overlaps of the interval with the history's rows; without any, its own multiplier. */
function historyUnits(instance: Instance, from: Micros, end: Micros, multiplier: number): number {
  const [start, stop] = [Math.max(instance.created, end - WEEK), stopOf(instance, end)];
  if (stop <= start) return 0;
  const parts = instance.history
    .filter((row) => row.from < end && row.to >= from)
    .map((row) => ({ seconds: overlap(Math.max(start, row.from), Math.min(stop, row.to)), row }))
    .filter(({ seconds }) => seconds > 0);
  if (parts.length === 0) return overlap(start, stop) * multiplier;
  return parts.reduce((sum, { seconds, row }) => sum + seconds * row.multiplier, 0);
}

const stopOf = ({ stopBilling, deleted }: Instance, end: Micros): Micros =>
  Math.min(stopBilling ?? end, deleted, end);
const overlap = (from: Micros, to: Micros): number => (to - from) / 1_000_000;

function asOf({ history, chute }: Instance, end: Micros): number {
  return history.slice(1).findLast(({ from }) => from <= end)?.multiplier ?? chute.multiplier;
}

/** GPUs of the distinct chutes that a miner serves, hour by hour over a week. */
function breadthOf(
  own: readonly Instance[],
  end: Micros,
): { unique_chute_count: number; breadth: number } {
  let [sum, busy, hours] = [0, 0, 0];
  for (let hour = end - WEEK; hour <= end; hour += MICROS_PER_HOUR) {
    const chutes = new Map<string, number>();
    for (const instance of own)
      if (servesAt(instance, hour, end)) chutes.set(instance.chute.id, instance.chute.gpuCount);
    const gpus = [...chutes.values()].reduce((total, count) => total + count, 0);
    hours += 1;
    sum += gpus;
    if (chutes.size > 0) busy += 1;
  }
  return {
    unique_chute_count: busy === 0 ? 0 : Math.trunc(sum / busy),
    breadth: Math.round(sum / hours),
  };
}

function servesAt({ activated, deleted, billedTo }: Instance, hour: Micros, end: Micros): boolean {
  const isDeleted = deleted < end;
  if (activated > hour || (isDeleted && deleted < hour)) return false;
  return billedTo !== null || (isDeleted ? deleted : hour) - activated >= MICROS_PER_HOUR;
}
