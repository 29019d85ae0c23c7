import { type EpochSchedule, epochAt } from "@neurond/primitives";
import type { StateReader } from "../../state/state.ts";
import {
  BlocksSinceLastStep,
  LastEpochBlock,
  PendingEpochAt,
  SubnetEpochIndex,
  Tempo,
} from "./storage/epochs.ts";

/** The epoch state of a subnet as stored. */
export const scheduleOf = (state: StateReader, netuid: number): EpochSchedule => ({
  tempo: Tempo.get(state, netuid),
  lastEpochBlock: Number(LastEpochBlock.get(state, netuid)),
  pendingEpochAt: Number(PendingEpochAt.get(state, netuid)),
  epochIndex: Number(SubnetEpochIndex.get(state, netuid)),
  blocksSinceLastStep: Number(BlocksSinceLastStep.get(state, netuid)),
});

/** The epoch that commits and reveals in `block` belong to. */
export const currentEpoch = (state: StateReader, netuid: number, block: number): number =>
  epochAt(scheduleOf(state, netuid), block);
