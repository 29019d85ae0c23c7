import { periodOf } from "@neurond/workload-storage";
import { nativeKeystreamAt } from "@neurond/workload-storage/io";
import { decodeSweepAnswer, type SweepTask, verifySweep } from "@neurond/workload-storage/sweep";
import type { Stores } from "../../validator.ts";
import { listSwept } from "../plan/list-swept.ts";
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
  const swept = await listSwept(stores, task);
  if (swept === null) return null;
  const { seed, entries, list } = swept;
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
