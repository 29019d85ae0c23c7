import type { StateReader } from "../../../state/state.ts";
import { Uids } from "../storage/neurons.ts";
import { TimelockedWeightCommits, WeightCommits } from "../storage/weights.ts";
import { revealEpoch } from "../weights/commit-queue.ts";

/**
 * The block of each uid's earliest commit that may still be revealed: its weights in force are older
 * than that, so that they cannot mean neurons registered since.
 */
export function earliestCommits(
  state: StateReader,
  netuid: number,
  index: number,
  block: number,
  n: number,
): (number | undefined)[] {
  const oldestEpoch = revealEpoch(state, netuid, block);
  const earliest = new Array<number | undefined>(n).fill(undefined);
  const note = (hotkey: `0x${string}`, committed: bigint): void => {
    const uid = Uids.get(state, netuid, hotkey);
    if (uid === undefined || uid >= n) return;
    earliest[uid] = Math.min(earliest[uid] ?? Number.POSITIVE_INFINITY, Number(committed));
  };
  for (const [[, hotkey], queue] of WeightCommits.entries(state, index))
    for (const [, epoch, committed] of queue) if (epoch >= oldestEpoch) note(hotkey, committed);
  for (const [[, epoch], commits] of TimelockedWeightCommits.entries(state, index)) {
    if (epoch < oldestEpoch) continue;
    for (const [hotkey, committed] of commits) note(hotkey, committed);
  }
  return earliest;
}
