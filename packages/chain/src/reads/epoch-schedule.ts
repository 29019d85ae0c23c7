import type { EpochSchedule, Netuid } from "@neurond/primitives";
import { asNumber } from "../codec/value.ts";
import type { State } from "../state.ts";
import { requireSubnet } from "./subnets.ts";

/**
 * When a subnet's epochs run, from state alone.
 * Runtimes from before 2026 keep no `LastEpochBlock`: there the last epoch lies
 * `BlocksSinceLastStep` back, the period is tempo + 1, and epochs count from 0 at the snapshot.
 */
export async function readEpochSchedule(state: State, netuid: Netuid): Promise<EpochSchedule> {
  await requireSubnet(state, netuid);
  const items = [
    "Tempo",
    "BlocksSinceLastStep",
    "LastEpochBlock",
    "PendingEpochAt",
    "SubnetEpochIndex",
  ];
  const values = await state.many(items.map((item) => ["SubtensorModule", item, netuid] as const));
  const [tempo = 0, sinceStep = 0, last, pending, index] = values.map((value) =>
    value === undefined ? undefined : asNumber(value),
  );
  if (last === undefined) {
    return {
      tempo: tempo === 0 ? 0 : tempo + 1,
      lastEpochBlock: state.block.number - sinceStep,
      pendingEpochAt: 0,
      epochIndex: 0,
      blocksSinceLastStep: sinceStep,
    };
  }
  return {
    tempo,
    lastEpochBlock: last,
    pendingEpochAt: pending ?? 0,
    epochIndex: index ?? 0,
    blocksSinceLastStep: sinceStep,
  };
}
