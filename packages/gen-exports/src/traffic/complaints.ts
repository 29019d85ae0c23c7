import {
  hourOf,
  MICROS_PER_HOUR,
  MICROS_PER_SECOND,
  type Micros,
  type ReportRow,
} from "@neurond/exports";
import type { Random } from "../random.ts";
import type { Instance } from "../world/instance.ts";

const MIN_LIFETIME = MICROS_PER_HOUR;
const REASONS = ["gibberish", "wrong model", 'refused, "as a language model"', "cut off"] as const;

/** Which requests are reported, by whom and when it is confirmed. */
export class Complaints {
  readonly #validator: string;
  readonly #bySlice = new Map<Micros, Map<string, ReportRow>>();

  constructor(validator: string) {
    this.#validator = validator;
  }

  /** A user complains of a request in 0.02 % of cases; every tenth complaint is confirmed hours later. */
  fromUser(parentId: string, started: Micros, random: Random, isForced: boolean): Micros | null {
    if (!isForced && !random.chance(0.0002)) return null;
    const timestamp = started + seconds(isForced ? 1 : random.between(60, 1_800));
    const isConfirmed = isForced || random.chance(0.1);
    const delay = isForced ? 3_600 : random.between(3_600, 12 * 3_600);
    const confirmed_at = isConfirmed ? timestamp + seconds(delay) : null;
    this.#add({
      invocation_id: parentId,
      user_id: random.uuid(),
      timestamp,
      confirmed_at,
      confirmed_by: isConfirmed ? this.#validator : null,
      reason: random.pick(REASONS),
    });
    return confirmed_at;
  }

  /** The validator itself reports every request of an instance that nobody billed and that died within an hour. */
  ofShortLived(parentId: string, instance: Instance): Micros | null {
    if (instance.billedTo !== null || instance.deleted - instance.verified >= MIN_LIFETIME)
      return null;
    const confirmed = hourOf(instance.deleted) + MICROS_PER_HOUR + seconds(60);
    this.#add({
      invocation_id: parentId,
      user_id: null,
      timestamp: confirmed,
      confirmed_at: confirmed,
      confirmed_by: this.#validator,
      reason: `instance lifetime less than required minimum: ${instance.id}`,
    });
    return confirmed;
  }

  /** The rows of the slice that ends at `end`, as of its end; they are forgotten once told. */
  takeSlice(end: Micros): readonly ReportRow[] {
    const rows = [...(this.#bySlice.get(end)?.values() ?? [])];
    this.#bySlice.delete(end);
    return rows
      .map((row) =>
        row.confirmed_at !== null && row.confirmed_at >= end
          ? { ...row, confirmed_at: null, confirmed_by: null }
          : row,
      )
      .sort((a, b) => a.timestamp - b.timestamp || (a.invocation_id < b.invocation_id ? -1 : 1));
  }

  #add(row: ReportRow): void {
    for (const time of [row.timestamp, row.confirmed_at ?? row.timestamp]) {
      const end = hourOf(time) + MICROS_PER_HOUR;
      const slice = this.#bySlice.get(end) ?? new Map<string, ReportRow>();
      // The first report of a request stays: its id is the key of the table.
      if (!slice.has(row.invocation_id)) slice.set(row.invocation_id, row);
      this.#bySlice.set(end, slice);
    }
  }
}

const seconds = (value: number): Micros => Math.floor(value * MICROS_PER_SECOND);
