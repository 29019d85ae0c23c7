import { dirname, join } from "node:path";
import { readBurned } from "@neurond/workload-storage/io";
import type { Config } from "../../config.ts";
import type { RunJournal } from "../../ports/run-journal.ts";
import type { Identity } from "../../validator.ts";
import { type FutureRounds, futureRounds, type RoundChain } from "./future-rounds.ts";
import { PeriodBook } from "./period-book.ts";
import { SweepKeys } from "./sweep-keys.ts";

/** What sweeps need everywhere: the keys, and what the log says of periods. */
export interface Sweeps {
  readonly keys: SweepKeys;
  readonly book: PeriodBook;
  /** Periods whose secrets the operator says got out. */
  readonly burned: () => Promise<ReadonlySet<number>>;
  /** Where secrets are locked until they are due; null where they are not. */
  readonly rounds: FutureRounds | null;
}

/**
 * Opens the validator's key of tags; null where nothing is swept.
 * @throws CodedError SWEEP_KEY_UNREADABLE
 */
export async function openSweeps(
  { run, storage, record }: Config,
  { netuid, hotkey }: Identity,
  { journal, chain }: { readonly journal: RunJournal; readonly chain: RoundChain },
): Promise<Sweeps | null> {
  if (!storage.sweep.enabled) return null;
  const directory = keyDirectoryOf({ storage, record });
  const { blocks, beaconLag, commitWindow, revealWindow } = run;
  const plan = { blocks, beaconLag, commitWindow, revealWindow };
  const keys = await SweepKeys.open(directory, netuid, hotkey);
  const burned = () => readBurned(directory, hotkey);
  const rounds = storage.sweep.timelock ? futureRounds(chain) : null;
  return { keys, book: new PeriodBook({ journal, plan }), burned, rounds };
}

/**
 * Opens the key of tokens, which is the same file's; null where no tokens are used.
 * @throws CodedError SWEEP_KEY_UNREADABLE
 */
export async function openTokenKeys(
  config: Config,
  { netuid, hotkey }: Identity,
  sweeps: Sweeps | null,
): Promise<SweepKeys | null> {
  if (!config.storage.token.enabled) return null;
  return sweeps?.keys ?? SweepKeys.open(keyDirectoryOf(config), netuid, hotkey);
}

function keyDirectoryOf({ storage, record }: Pick<Config, "storage" | "record">): string {
  return storage.sweep.keyDirectory ?? join(dirname(record.archiveDirectory), "secrets");
}
