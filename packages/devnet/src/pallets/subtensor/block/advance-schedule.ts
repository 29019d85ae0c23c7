import type { BlockContext } from "../../../frame/dispatch.ts";
import { events } from "../events.ts";
import {
  BlocksSinceLastStep,
  LastEpochBlock,
  PendingEpochAt,
  SubnetEpochIndex,
} from "../storage/epochs.ts";
import type { EpochVerdict } from "./due-epochs.ts";

/** Counts the block for a subnet's epoch schedule. */
export function advanceSchedule(
  context: BlockContext,
  netuid: number,
  verdict: EpochVerdict | undefined,
): void {
  const { state, block } = context;
  BlocksSinceLastStep.update(state, [netuid], (blocks) => blocks + 1n);
  if (!verdict) return;
  if (verdict === "defer") {
    PendingEpochAt.set(state, [netuid], BigInt(block + 1));
    const [from_block, to_block] = [BigInt(block), BigInt(block + 1)];
    context.emit(events.EpochDeferred({ netuid, from_block, to_block }));
    return;
  }
  if (verdict === "run") BlocksSinceLastStep.set(state, [netuid], 0n);
  else context.emit(events.EpochSkipped({ netuid, block: BigInt(block) }));
  // A skipped epoch has used its slot: the next one is a whole tempo away.
  LastEpochBlock.set(state, [netuid], BigInt(block));
  PendingEpochAt.set(state, [netuid], 0n);
  SubnetEpochIndex.update(state, [netuid], (epochs) => epochs + 1n);
}
