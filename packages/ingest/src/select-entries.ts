import type { AuditEntry, Micros } from "@neurond/exports";
import { MICROS_PER_HOUR, parseExportPath } from "@neurond/exports";
import { type Hotkey, parseHotkey } from "@neurond/primitives";
import { type TrackedEntry, trackedEntry } from "./entry.ts";

/** Which lines of a listing are followed. */
export interface Selection {
  readonly validator: Hotkey;
  readonly skipsMiners: boolean;
  /** So many hours before the newest slice; more than a week is never listed. */
  readonly hours: number;
  /** The clock: a slice that ends later than an hour from now would move the window away. */
  readonly now: Micros;
}

/** What is followed of a listing. */
export interface Selected {
  /** End of the validator's newest slice; null when it lists none. */
  readonly newest: Micros | null;
  readonly entries: readonly TrackedEntry[];
  /** Whether the validator lists older hours that are left out: then scores are not those of a week. */
  readonly isCut: boolean;
}

/** The entries to follow: the validator's own and the miners', each once, none older than asked for. */
export function selectEntries(
  entries: readonly AuditEntry[],
  { validator, skipsMiners, hours, now }: Selection,
): Selected {
  const tracked = new Map<string, TrackedEntry>();
  for (const entry of entries) {
    const path = parseExportPath(entry.path);
    if (path?.kind !== "report") continue;
    const isOwn = path.reporter === "validator" && path.hotkey === validator;
    const isMiners = path.reporter === "miner" && !skipsMiners;
    if ((!isOwn && !isMiners) || entry.end_time > now + MICROS_PER_HOUR) continue;
    const hotkey = parseHotkey(entry.hotkey);
    tracked.set(entry.entry_id, trackedEntry(validator, path.reporter, hotkey, entry));
  }
  // A miner that writes a date of next year must not move the window.
  const own = [...tracked.values()].filter(({ reporter }) => reporter === "validator");
  const newest = own.reduce<Micros | null>((max, { endTime }) => Math.max(max ?? 0, endTime), null);
  if (newest === null) return { newest, entries: [], isCut: false };
  const from = newest - hours * MICROS_PER_HOUR;
  const within = [...tracked.values()].filter(
    ({ endTime }) => endTime > from && endTime <= newest + MICROS_PER_HOUR,
  );
  const isCut = own.some(({ endTime }) => endTime <= from && from > newest - WEEK_US);
  return { newest, entries: within.sort(oldestFirst), isCut };
}

const WEEK_US = 168 * MICROS_PER_HOUR;

/** Validators before miners: they decide scores, and a crowd of miners must not hold them up. */
function oldestFirst(a: TrackedEntry, b: TrackedEntry): number {
  if (a.reporter !== b.reporter) return a.reporter === "validator" ? -1 : 1;
  return a.endTime - b.endTime || a.block - b.block || (a.entryId < b.entryId ? -1 : 1);
}
