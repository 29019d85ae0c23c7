import { z } from "zod";
import type { FollowingLines, LinePlace } from "./history-lines.ts";
import type { WandbRun } from "./wandb-api.ts";

/** A run that rows are sent of. */
export const OpenRun = z.strictObject({
  id: z.string().regex(/^[a-z0-9]{8}$/),
  project: z.string(),
  entity: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  /** So many are there. */
  rows: z.int().min(0),
  /** Seconds since 1970 of the first row; null before it. */
  began: z.number().nullable(),
}) satisfies z.ZodType<WandbRun>;
export type OpenRun = z.output<typeof OpenRun>;

/** What is sent at once of a history: rows of one run, until the next run begins or enough is read. */
export interface RowsPart {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Names of files that were written meanwhile. */
  readonly files: ReadonlySet<string>;
  /** Behind the last line that is in it. */
  readonly end: LinePlace;
  /** The run, or what is known of it once these rows are there. */
  readonly run: OpenRun | null;
  /** The run that begins behind it, which is null when it is not meant for wandb; else undefined. */
  readonly next: OpenRun | null | undefined;
}

const MAX_ROWS = 500;

const Heading = z.object({
  _run: OpenRun.omit({ rows: true, began: true }).partial({ id: true }).strip(),
});
const Marker = z.object({ _files: z.array(z.string()) });
const Row = z.looseObject({ _step: z.number(), _timestamp: z.number() });

/** The first part of what was read behind the rows that are there; rows without a run are passed over. */
export function firstPart(
  { lines, from }: Pick<FollowingLines, "lines" | "from">,
  before: OpenRun | null,
): RowsPart {
  const rows: Record<string, unknown>[] = [];
  const files = new Set<string>();
  let end = from;
  let run = before;
  for (const line of lines) {
    if (rows.length === MAX_ROWS) break;
    end = line.end;
    const value = parsed(line.text);
    const heading = Heading.safeParse(value);
    if (heading.success) {
      const { id, ...about } = heading.data._run;
      const next = id === undefined ? null : { ...about, id, rows: 0, began: null };
      return { rows, files, end, run, next };
    }
    if (run === null) continue;
    for (const name of Marker.safeParse(value).data?._files ?? []) files.add(name);
    const row = Row.safeParse(value);
    if (!row.success) continue;
    const { _step: step, _timestamp, ...event } = row.data;
    const began = run.began ?? _timestamp;
    // Of rows whose _step does not grow wandb keeps the first; several tasks are done in one of our steps.
    rows.push({ _step: run.rows, _timestamp, _runtime: _timestamp - began, step, ...event });
    run = { ...run, rows: run.rows + 1, began };
  }
  return { rows, files, end, run, next: undefined };
}

/** The last value of every field, under which wandb lists a run. */
export function summaryOf(
  before: Readonly<Record<string, unknown>>,
  rows: RowsPart["rows"],
): Readonly<Record<string, unknown>> {
  const summary = Object.assign({}, before, ...rows) as Record<string, unknown>;
  const runtime = Math.max(0, Math.floor(Number(summary["_runtime"] ?? 0)));
  return { ...summary, _wandb: { runtime } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A machine that lost its power may leave anything in a line.
    return null;
  }
}
