import type { Hex } from "@neurond/primitives";
import { adoptHotkey } from "../pallets/subtensor/hotkey-owner.ts";
import { createNetwork } from "../pallets/subtensor/new-network.ts";
import { addStake } from "../pallets/subtensor/shares.ts";
import * as epochs from "../pallets/subtensor/storage/epochs.ts";
import * as limits from "../pallets/subtensor/storage/limits.ts";
import * as networks from "../pallets/subtensor/storage/networks.ts";
import * as neurons from "../pallets/subtensor/storage/neurons.ts";
import { TotalStake } from "../pallets/subtensor/storage/stake.ts";
import * as weights from "../pallets/subtensor/storage/weights.ts";
import type { State } from "../state/state.ts";
import { pairRow } from "../yuma/pair-row.ts";

/** A neuron that a subnet has from the start; its place in the list is its uid. */
export interface GenesisNeuron {
  readonly hotkey: Hex;
  readonly coldkey: Hex;
  /** Alpha staked to it by its coldkey, rao. */
  readonly stakeRao?: bigint;
  readonly validatorPermit?: boolean;
  /** Weights it has set, `[uid, value]`. */
  readonly weights?: readonly (readonly [uid: number, value: number])[];
}

/** A subnet that exists in block 0. */
export interface GenesisSubnet {
  readonly netuid: number;
  readonly owner: { readonly coldkey: Hex; readonly hotkey: Hex };
  readonly neurons: readonly GenesisNeuron[];
  /** Blocks between epochs. */
  readonly tempo?: number;
  /** Whether its token trades and emission flows from block 1; without it the owner must start it. */
  readonly started?: boolean;
  readonly commitReveal?: boolean;
  readonly yuma3?: boolean;
  readonly maxUids?: number;
  readonly maxValidators?: number;
  readonly immunityPeriod?: number;
  /** Blocks between two settings of weights by one neuron. */
  readonly weightsRateLimit?: number;
  /** Blocks between two announcements of an axon by one neuron. */
  readonly servingRateLimit?: number;
  /** Reserves of the pool on either side, rao. */
  readonly poolRao?: bigint;
}

const POOL_RAO = 1_000_000_000_000n;

/** Writes a subnet and its neurons, all at once: thousands of registrations would take minutes. */
export function writeSubnet(state: State, subnet: GenesisSubnet): void {
  const { netuid, owner, started = true } = subnet;
  const poolRao = subnet.poolRao ?? POOL_RAO;
  adoptHotkey(state, owner.coldkey, owner.hotkey);
  createNetwork(state, { netuid, block: 0, ...owner, poolRao });
  if (started) {
    networks.SubtokenEnabled.set(state, [netuid], true);
    networks.FirstEmissionBlockNumber.set(state, [netuid], 1n);
  }
  writeParameters(state, subnet);
  writeNeurons(state, netuid, subnet.neurons);
}

function writeParameters(state: State, subnet: GenesisSubnet): void {
  const { netuid, neurons: list } = subnet;
  const at: [number] = [netuid];
  if (subnet.tempo !== undefined) epochs.Tempo.set(state, at, subnet.tempo);
  epochs.LastEpochBlock.set(state, at, 0n);
  epochs.Yuma3On.set(state, at, subnet.yuma3 ?? true);
  const limit = subnet.maxUids ?? Math.max(256, list.length);
  neurons.MaxAllowedUids.set(state, at, limit);
  if (subnet.maxValidators !== undefined) {
    epochs.MaxAllowedValidators.set(state, at, subnet.maxValidators);
  }
  if (subnet.immunityPeriod !== undefined) {
    neurons.ImmunityPeriod.set(state, at, subnet.immunityPeriod);
  }
  if (subnet.commitReveal !== undefined) {
    weights.CommitRevealWeightsEnabled.set(state, at, subnet.commitReveal);
  }
  if (subnet.weightsRateLimit !== undefined) {
    weights.WeightsSetRateLimit.set(state, at, BigInt(subnet.weightsRateLimit));
  }
  if (subnet.servingRateLimit !== undefined) {
    limits.ServingRateLimit.set(state, at, BigInt(subnet.servingRateLimit));
  }
}

/** Fills every list of a subnet; nobody has been judged yet. */
export function writeNeurons(state: State, netuid: number, list: readonly GenesisNeuron[]): void {
  const at: [number] = [netuid];
  const zeros = list.map(() => 0);
  neurons.SubnetworkN.set(state, at, list.length);
  neurons.Active.set(
    state,
    at,
    list.map(() => true),
  );
  neurons.ValidatorPermit.set(
    state,
    at,
    list.map(({ validatorPermit }) => validatorPermit ?? false),
  );
  neurons.Emission.set(
    state,
    at,
    list.map(() => 0n),
  );
  // Weights count only when they are younger than the registration they judge, which is block 0.
  neurons.LastUpdate.set(
    state,
    at,
    list.map((neuron) => (neuron.weights ? 1n : 0n)),
  );
  const shares = [neurons.Consensus, neurons.Dividends, neurons.ValidatorTrust, neurons.Incentive];
  for (const item of shares) item.set(state, at, zeros);
  for (const [uid, neuron] of list.entries()) writeNeuron(state, netuid, uid, neuron);
}

function writeNeuron(state: State, netuid: number, uid: number, neuron: GenesisNeuron): void {
  const { hotkey, coldkey, stakeRao = 0n } = neuron;
  adoptHotkey(state, coldkey, hotkey);
  neurons.Keys.set(state, [netuid, uid], hotkey);
  neurons.Uids.set(state, [netuid, hotkey], uid);
  neurons.BlockAtRegistration.set(state, [netuid, uid], 0n);
  neurons.IsNetworkMember.set(state, [hotkey, netuid], true);
  if (neuron.weights) weights.Weights.set(state, [netuid, uid], pairRow(neuron.weights));
  if (stakeRao === 0n) return;
  addStake(state, { hotkey, coldkey, netuid }, stakeRao);
  networks.SubnetAlphaOut.update(state, [netuid], (alpha) => alpha + stakeRao);
  TotalStake.update(state, [], (total) => total + stakeRao);
}
