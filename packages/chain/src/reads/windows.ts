import { epochAt, type Mecid, nextEpochBlock, toBlockNumber, toMecid } from "@neurond/primitives";
import { asList, asNumber, asRecord } from "../codec/value.ts";
import type { NeuronId, Windows } from "../neuron.ts";
import type { State } from "../state.ts";
import { readEpochSchedule } from "./epoch-schedule.ts";
import { readRegistration } from "./registration.ts";
import { indexOf } from "./weights.ts";

const SM = "SubtensorModule";
const DEFAULT_SPACE = 3100;

/**
 * What limits a hotkey's next writes, so that "too soon" costs no extrinsic. Counted for a write
 * included in the block after the state's.
 */
export async function readWindows(
  state: State,
  id: NeuronId & { readonly mecid?: Mecid },
): Promise<Windows> {
  const { netuid, hotkey, mecid = toMecid(0) } = id;
  const registration = await readRegistration(state, id);
  const uid = registration.kind === "registered" ? registration.uid : undefined;
  const [updates, weightsLimit, servingLimit, axon, prometheus] = await state.many([
    [SM, "LastUpdate", indexOf({ netuid, mecid })],
    [SM, "WeightsSetRateLimit", netuid],
    [SM, "ServingRateLimit", netuid],
    [SM, "Axons", netuid, hotkey],
    [SM, "Prometheus", netuid, hotkey],
  ]);
  const next = state.block.number + 1;
  const blocksLeft = (last: number, limit: number) =>
    last === 0 ? 0 : Math.max(0, last + limit - next);
  const lastUpdate = uid === undefined ? 0 : asNumber(asList(updates)[uid] ?? 0);
  const serving = (record: unknown) =>
    record === undefined
      ? 0
      : blocksLeft(asNumber(asRecord(record)["block"]), asNumber(servingLimit));
  return {
    registration,
    weightsBlocks: blocksLeft(lastUpdate, asNumber(weightsLimit)),
    axonBlocks: serving(axon),
    prometheusBlocks: serving(prometheus),
    ...(await commitmentSpace(state, id)),
  };
}

/** Bytes a hotkey may still commit in the epoch of the next block. */
async function commitmentSpace(
  state: State,
  { netuid, hotkey }: NeuronId,
): Promise<Pick<Windows, "commitmentBytesLeft" | "commitmentResetsAt">> {
  const schedule = await readEpochSchedule(state, netuid);
  const [usage, max] = await state.many([
    ["Commitments", "UsedSpaceOf", netuid, hotkey],
    ["Commitments", "MaxSpace"],
  ]);
  const space = asNumber(max ?? DEFAULT_SPACE);
  const next = state.block.number + 1;
  const { last_epoch, used_space } = asRecord(usage ?? {});
  // Without an epoch counter in state the tracker's epoch cannot be compared: assume it is this one.
  const sameEpoch =
    !state.has(SM, "SubnetEpochIndex") ||
    (last_epoch !== undefined && asNumber(last_epoch) === epochAt(schedule, next));
  const used = used_space !== undefined && sameEpoch ? asNumber(used_space) : 0;
  return {
    commitmentBytesLeft: Math.max(0, space - used),
    commitmentResetsAt: toBlockNumber(Math.max(next, nextEpochBlock(schedule) ?? next)),
  };
}
