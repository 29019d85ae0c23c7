import {
  hourOf,
  type JobRow,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
  type Micros,
} from "@neurond/exports";
import type { GenOptions } from "../options.ts";
import { Random } from "../random.ts";
import type { Cast } from "../world/cast.ts";

/** The jobs of every slice, by its end: those that started or ended in it, as of its end. */
export function jobsOf(options: GenOptions, cast: Cast): ReadonlyMap<Micros, readonly JobRow[]> {
  const random = new Random(options.seed, "jobs");
  const slices = new Map<Micros, JobRow[]>();
  const show = (end: Micros, row: JobRow) => {
    const list = slices.get(end);
    if (list === undefined) slices.set(end, [row]);
    else list.push(row);
  };
  for (let hour = options.hours; hour > 0; hour -= 1) {
    const start = options.end - hour * MICROS_PER_HOUR;
    for (let left = random.integer(0, 20); left > 0; left -= 1) {
      const job = jobOf(cast, start, random);
      const [first, last] = [
        start + MICROS_PER_HOUR,
        hourOf(job.finished_at ?? start) + MICROS_PER_HOUR,
      ];
      const isOpen = first < last;
      show(
        first,
        isOpen ? { ...job, finished_at: null, updated_at: job.started_at, status: "running" } : job,
      );
      if (isOpen) show(last, job);
    }
  }
  return slices;
}

function jobOf(cast: Cast, start: Micros, random: Random): JobRow {
  const chute = random.pick(cast.chutes);
  const miner = random.chance(0.95) ? random.pick(cast.miners) : null;
  const created = start + Math.floor(random.unit() * 0.9 * MICROS_PER_HOUR);
  const started = created + seconds(random.between(1, 300));
  const finished = started + seconds(random.between(600, 3 * 3_600));
  return {
    job_id: random.uuid(),
    chute_id: chute.id,
    version: chute.version,
    chutes_version: "0.3.1",
    method: random.pick(["train", "evaluate"]),
    miner_uid: miner?.uid ?? null,
    miner_hotkey: miner?.hotkey ?? null,
    miner_coldkey: miner?.coldkey ?? null,
    instance_id: miner === null ? null : random.uuid(),
    created_at: created,
    updated_at: finished,
    started_at: started,
    finished_at: finished,
    status: random.weighted([
      ["complete", 9],
      ["error", 1],
    ]),
    compute_multiplier: chute.multiplier,
    miner_terminated: miner === null ? null : random.chance(0.05),
  };
}

const seconds = (value: number): Micros => Math.floor(value * MICROS_PER_SECOND);
