import { fromHex } from "@neurond/primitives";
import { challengeSeed, DOCUMENT, EntryList, InventoryBody } from "@neurond/workload-storage";
import {
  indicesOf,
  type SweepTask,
  sweepChallengeOf,
  sweepList,
} from "@neurond/workload-storage/sweep";
import { documentsOf } from "../../run-record.ts";
import type { Stores } from "../../validator.ts";
import { attached } from "./attached.ts";

/** What a sweep asks for. */
export interface ListSwept {
  readonly seed: Uint8Array;
  /** The whole inventory of its miner. */
  readonly entries: EntryList;
  /** Ascending indices of those that are swept. */
  readonly list: readonly number[];
}

/** The shards that a sweep asks for, as the run's documents have them; null when these are gone. */
export async function listSwept(
  { journal, bodies }: Pick<Stores, "journal" | "bodies">,
  task: SweepTask,
): Promise<ListSwept | null> {
  const found = documentsOf(await journal.read(task.run, ["planned"])).find(
    (document) => document.type === DOCUMENT.inventory && document.miner === task.miner,
  );
  const body = found && InventoryBody.safeParse(await attached(bodies, found.body));
  if (!body?.success || body.data.hash !== task.inventory.hash) return null;
  const entries = EntryList.decode(fromHex(body.data.entries));
  const granted = indicesOf(task.granted, entries.length);
  if (granted === null) return null;
  const seed = challengeSeed(sweepChallengeOf(task));
  return { seed, entries, list: sweepList(seed, task.budget_rows, granted, entries) };
}
