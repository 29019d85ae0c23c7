import type { Hex } from "@neurond/primitives";
import type { StateReader } from "../../../state/state.ts";
import type { EpochInput } from "../../../yuma/epoch.ts";
import type { LiquidAlpha } from "../../../yuma/liquid-alpha.ts";
import { EMPTY_ROW, type PairRow } from "../../../yuma/pair-row.ts";
import { neuronStakes } from "../stake-weight.ts";
import * as epochs from "../storage/epochs.ts";
import { SubnetOwnerHotkey } from "../storage/networks.ts";
import { BlockAtRegistration, LastUpdate, Uids, ValidatorPermit } from "../storage/neurons.ts";
import { StakeThreshold } from "../storage/stake.ts";
import { Bonds, CommitRevealWeightsEnabled, Weights } from "../storage/weights.ts";
import { earliestCommits } from "./earliest-commits.ts";

/** The part of the epoch's input that all mechanisms of a subnet share. */
export type SubnetInput = Omit<
  EpochInput,
  "lastUpdate" | "weights" | "bonds" | "earliestCommit" | "emission"
>;

/** Reads what the epoch of a subnet depends on; `hotkeys` are its neurons by uid. */
export function subnetInput(
  state: StateReader,
  netuid: number,
  block: number,
  hotkeys: readonly Hex[],
): SubnetInput {
  const tempo = epochs.Tempo.get(state, netuid);
  const permits = ValidatorPermit.get(state, netuid);
  return {
    n: hotkeys.length,
    block,
    tempo,
    activityCutoff: activityCutoff(state, netuid),
    stake: neuronStakes(state, hotkeys, netuid).map(({ total }) => total),
    blockAtRegistration: hotkeys.map((_, uid) =>
      Number(BlockAtRegistration.get(state, netuid, uid)),
    ),
    validatorPermit: hotkeys.map((_, uid) => permits[uid] ?? false),
    ownerUid: ownerUid(state, netuid),
    kappa: epochs.Kappa.get(state, netuid),
    bondsPenalty: epochs.BondsPenalty.get(state, netuid),
    bondsMovingAverage: Number(epochs.BondsMovingAverage.get(state, netuid)),
    maxAllowedValidators: epochs.MaxAllowedValidators.get(state, netuid),
    stakeThreshold: StakeThreshold.get(state),
    yuma3: epochs.Yuma3On.get(state, netuid),
    liquidAlpha: epochs.LiquidAlphaOn.get(state, netuid) ? liquidAlpha(state, netuid) : undefined,
    lastMechanismStepBlock: Number(epochs.LastMechansimStepBlock.get(state, netuid)),
  };
}

/** The input of one mechanism. */
export function mechanismInput(
  state: StateReader,
  shared: SubnetInput,
  place: { readonly netuid: number; readonly index: number },
  emission: bigint,
): EpochInput {
  const { netuid, index } = place;
  const updates = LastUpdate.get(state, index);
  return {
    ...shared,
    lastUpdate: Array.from({ length: shared.n }, (_, uid) => Number(updates[uid] ?? 0n)),
    weights: rowsOf(state, Weights, index, shared.n),
    bonds: rowsOf(state, Bonds, index, shared.n),
    earliestCommit: CommitRevealWeightsEnabled.get(state, netuid)
      ? earliestCommits(state, netuid, index, shared.block, shared.n)
      : undefined,
    emission,
  };
}

/** A subnet without owner has none, even where the account of zeros has a neuron. */
function ownerUid(state: StateReader, netuid: number): number | undefined {
  if (!SubnetOwnerHotkey.has(state, netuid)) return undefined;
  return Uids.get(state, netuid, SubnetOwnerHotkey.get(state, netuid));
}

/** Blocks without an update after which a neuron counts as inactive. */
export function activityCutoff(state: StateReader, netuid: number): number {
  const factor = epochs.ActivityCutoffFactorMilli.get(state, netuid);
  return Math.max(1, Math.floor((factor * epochs.Tempo.get(state, netuid)) / 1000));
}

function liquidAlpha(state: StateReader, netuid: number): LiquidAlpha {
  const [low, high] = epochs.AlphaValues.get(state, netuid);
  return { low, high, steepness: epochs.AlphaSigmoidSteepness.get(state, netuid) };
}

/** Most uids have no row: only those that exist are looked up. */
function rowsOf(state: StateReader, item: typeof Weights, index: number, n: number): PairRow[] {
  const rows = Array.from({ length: n }, () => EMPTY_ROW);
  for (const [[, uid], row] of item.entries(state, index)) if (uid < n) rows[uid] = row;
  return rows;
}
