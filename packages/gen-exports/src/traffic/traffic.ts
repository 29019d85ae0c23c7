import { MICROS_PER_HOUR, MICROS_PER_SECOND, type Micros } from "@neurond/exports";
import type { GenOptions } from "../options.ts";
import { Random, Zipf } from "../random.ts";
import type { Cast, Chute } from "../world/cast.ts";
import { type Instance, multiplierAt } from "../world/instance.ts";
import { firstStart, type World } from "../world/world.ts";
import { ActiveInstances } from "./active.ts";
import type { Attempt } from "./attempt.ts";
import { failure, type Outcome, success } from "./calls.ts";
import type { Complaints } from "./complaints.ts";

const MINUTE = 60 * MICROS_PER_SECOND;
const MAX_BOUNTY_DOUBLINGS = 5;

/** Every call of the data set in order of its start, made as it is asked for. */
export class Traffic {
  readonly #options: GenOptions;
  readonly #cast: Cast;
  readonly #random: Random;
  readonly #zipf: Zipf;
  readonly #active: ActiveInstances;
  readonly #complaints: Complaints;
  /** Later attempts at requests that began already, by their start. */
  #later: Attempt[] = [];
  #nextSynthetic: Micros;
  /** Requests from here on are reported until one was; for the fault of that name. */
  #forceReportFrom: Micros;

  constructor({ options, cast, lives }: World, complaints: Complaints) {
    const first = firstStart(options);
    const reported = options.faults.indexOf("confirmed-later-report");
    this.#options = options;
    this.#cast = cast;
    this.#random = new Random(options.seed, "traffic");
    this.#zipf = new Zipf(cast.chutes.length, 1.1);
    this.#active = new ActiveInstances(lives, cast.chutes.length);
    this.#complaints = complaints;
    this.#nextSynthetic = first;
    // Faults take the hours after the first, in their order.
    this.#forceReportFrom =
      reported === -1 ? Number.POSITIVE_INFINITY : first + (reported + 1) * MICROS_PER_HOUR;
  }

  /** The calls that start in the slice [start, start + 1 h); slices are asked for in order, each once. */
  *slice(start: Micros): Generator<Attempt> {
    const end = start + MICROS_PER_HOUR;
    const perMicro = (this.#options.rate * diurnal(start)) / MICROS_PER_HOUR;
    let time = start;
    while (perMicro > 0) {
      time += Math.ceil(this.#random.exponential(perMicro));
      if (time >= end) break;
      yield* this.#due(time);
      this.#active.advance(time);
      const attempts = this.#request(time);
      const [first, ...rest] = attempts;
      for (const attempt of rest) this.#hold(attempt);
      if (first !== undefined) yield first;
    }
    yield* this.#due(end);
  }

  *#due(before: Micros): Generator<Attempt> {
    while (this.#later[0] !== undefined && this.#later[0].started < before) {
      const [attempt, ...rest] = this.#later;
      this.#later = rest;
      yield attempt;
    }
  }

  #hold(attempt: Attempt): void {
    const place = this.#later.findIndex(({ started }) => started > attempt.started);
    this.#later.splice(place === -1 ? this.#later.length : place, 0, attempt);
  }

  /** All attempts at one request: each but the last has failed. */
  #request(time: Micros): readonly Attempt[] {
    const random = this.#random;
    const chute = this.#cast.chutes[this.#zipf.draw(random)] ?? this.#cast.chutes[0];
    const parentId = random.uuid();
    const functionName = random.pick(chute.functions);
    const count = random.weighted([
      [1, 93],
      [2, 5],
      [3, 2],
    ]);
    const isSynthetic = time >= this.#nextSynthetic;
    const targets: Instance[] = [];
    const calls: Omit<Attempt, "isExcluded">[] = [];
    let started = time;
    for (let index = 0; index < count; index += 1) {
      const instance = this.#active.draw(chute, targets, random);
      if (instance === null) break;
      const isLast = index === count - 1;
      const outcome =
        isLast && !random.chance(0.04) ? success(chute, functionName, random) : failure(random);
      targets.push(instance);
      calls.push({
        parentId,
        functionName,
        isSynthetic,
        ...this.#call(chute, instance, started, outcome),
      });
      started += outcome.duration + MICROS_PER_SECOND / 100;
    }
    if (calls.length === 0) return [];
    if (isSynthetic) this.#nextSynthetic = time + MINUTE;
    const isExcluded = this.#isReported(parentId, time, targets);
    return calls.map((call) => ({ ...call, isExcluded }));
  }

  #call(chute: Chute, instance: Instance, started: Micros, { duration, error, metrics }: Outcome) {
    const random = this.#random;
    const bounty = random.chance(0.0002) ? 100 * 2 ** random.integer(0, MAX_BOUNTY_DOUBLINGS) : 0;
    return {
      id: random.uuid(),
      chute,
      instance,
      uid: random.chance(0.001) ? -1 : instance.miner.uid,
      started,
      completed: started + duration,
      error,
      multiplier: multiplierAt(instance, started),
      bounty,
      metrics,
    };
  }

  #isReported(parentId: string, time: Micros, targets: readonly Instance[]): boolean {
    const isForced = time >= this.#forceReportFrom;
    if (isForced) this.#forceReportFrom = Number.POSITIVE_INFINITY;
    const confirmed = [
      ...targets.map((instance) => this.#complaints.ofShortLived(parentId, instance)),
      this.#complaints.fromUser(parentId, time, this.#random, isForced),
    ];
    return confirmed.some((at) => at !== null && at < this.#options.end);
  }
}

/** Half as busy at night, half as much again by day. */
function diurnal(start: Micros): number {
  const hour = (start / MICROS_PER_HOUR) % 24;
  return 1 - 0.5 * Math.cos((2 * Math.PI * hour) / 24);
}
