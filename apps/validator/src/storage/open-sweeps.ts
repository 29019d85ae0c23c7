import { dirname, join } from "node:path";
import type { Config } from "../config.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import type { Identity } from "../validator.ts";
import { PeriodBook } from "./period-book.ts";
import { SweepKeys } from "./sweep-keys.ts";

/** What sweeps need everywhere: the keys, and what the log says of periods. */
export interface Sweeps {
  readonly keys: SweepKeys;
  readonly book: PeriodBook;
}

/**
 * Opens the validator's key of tags; null where nothing is swept.
 * @throws CodedError SWEEP_KEY_UNREADABLE
 */
export async function openSweeps(
  { run, storage, record }: Config,
  { netuid, hotkey }: Identity,
  journal: RunJournal,
): Promise<Sweeps | null> {
  const { enabled, keyDirectory } = storage.sweep;
  if (!enabled) return null;
  const directory = keyDirectory ?? join(dirname(record.archiveDirectory), "secrets");
  const { blocks, beaconLag, commitWindow, revealWindow } = run;
  const plan = { blocks, beaconLag, commitWindow, revealWindow };
  const keys = await SweepKeys.open(directory, netuid, hotkey);
  return { keys, book: new PeriodBook({ journal, plan }) };
}
