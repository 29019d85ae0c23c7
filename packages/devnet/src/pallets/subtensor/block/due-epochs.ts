import { isEpochDue } from "@neurond/primitives";
import type { StateReader } from "../../../state/state.ts";
import { scheduleOf } from "../schedule.ts";
import { MaxEpochsPerBlock } from "../storage/epochs.ts";
import { Keys, SubnetworkN } from "../storage/neurons.ts";

/** What a block does with the epochs that are due in it. */
export type EpochVerdict = "run" | "skip" | "defer";

/**
 * Judges the subnets whose epoch is due, in order: as many run as one block may; those behind them
 * wait for the next block. A skipped one uses no slot.
 */
export function judgeEpochs(
  state: StateReader,
  netuids: readonly number[],
  block: number,
): Map<number, EpochVerdict> {
  const verdicts = new Map<number, EpochVerdict>();
  let slots = MaxEpochsPerBlock.get(state);
  for (const netuid of netuids) {
    const schedule = scheduleOf(state, netuid);
    // This block counts, too, before the epoch is judged.
    const blocksSinceLastStep = schedule.blocksSinceLastStep + 1;
    if (!isEpochDue({ ...schedule, blocksSinceLastStep }, block)) continue;
    if (slots === 0) {
      verdicts.set(netuid, "defer");
    } else if (hasUniqueHotkeys(state, netuid)) {
      verdicts.set(netuid, "run");
      slots -= 1;
    } else {
      verdicts.set(netuid, "skip");
    }
  }
  return verdicts;
}

/** One hotkey on two uids would be paid twice. */
function hasUniqueHotkeys(state: StateReader, netuid: number): boolean {
  const n = SubnetworkN.get(state, netuid);
  const hotkeys = Array.from({ length: n }, (_, uid) => Keys.get(state, netuid, uid));
  return new Set(hotkeys).size === n;
}
