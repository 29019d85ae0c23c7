import { fromHex } from "@neurond/primitives";
import {
  challengeSeed,
  DOCUMENT,
  decodeEntries,
  decodeSweepAnswer,
  type Entry,
  InventoryBody,
  indicesOf,
  periodOf,
  type SweepTask,
  sweepChallengeOf,
  sweepList,
  verifySweep,
} from "@neurond/workload-storage";
import { nativeKeystreamAt } from "@neurond/workload-storage/io";
import { documentsOf } from "../run-record.ts";
import type { Stores } from "../validator.ts";
import { attached } from "./attached.ts";
import type { SweepKeys } from "./sweep-keys.ts";

/** What judging needs. */
export interface JudgeDeps {
  readonly keys: SweepKeys;
  readonly stores: Pick<Stores, "journal" | "bodies">;
}

/** Whether a sweep's answer holds, as only who has the key can tell; null when its list is gone. */
export async function judgeSweepNow(
  { keys, stores }: JudgeDeps,
  task: SweepTask,
  answer: Uint8Array,
): Promise<boolean | null> {
  const entries = await entriesOf(stores, task);
  const granted = entries && indicesOf(task.granted, entries.length);
  if (entries === null || granted === null) return null;
  const seed = challengeSeed(sweepChallengeOf(task));
  const list = sweepList(seed, task.budget_rows, granted, entries);
  const decoded = decodeSweepAnswer(answer, list);
  if (typeof decoded === "string" || decoded.absent.length > 0) return false;
  const { period_blocks: blocks, beacon, miner } = task;
  const period = { period: periodOf(beacon.block, blocks), blocks };
  return keys.withMinerKeys(miner, [period], async ([key]) => {
    if (key === undefined) return null;
    const claim = { seed, list, entries, answer };
    return verifySweep(claim, key, { stream: nativeKeystreamAt }) === null;
  });
}

/** The list behind the inventory that a task names, as the run's documents have it. */
async function entriesOf(
  { journal, bodies }: JudgeDeps["stores"],
  { run, miner, inventory }: SweepTask,
): Promise<readonly Entry[] | null> {
  const found = documentsOf(await journal.read(run, ["planned"])).find(
    (document) => document.type === DOCUMENT.inventory && document.miner === miner,
  );
  const body = found && InventoryBody.safeParse(await attached(bodies, found.body));
  if (!body?.success || body.data.hash !== inventory.hash) return null;
  return decodeEntries(fromHex(body.data.entries));
}
