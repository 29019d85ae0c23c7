import type { BlockContext } from "../../../frame/dispatch.ts";
import type { State } from "../../../state/state.ts";
import { type EpochOutput, type NetuidTerms, runEpoch } from "../../../yuma/epoch.ts";
import { mergeMechanisms, splitEmission } from "../../../yuma/mechanisms.ts";
import { events } from "../events.ts";
import { LastMechansimStepBlock } from "../storage/epochs.ts";
import { MechanismEmissionSplit } from "../storage/networks.ts";
import * as neurons from "../storage/neurons.ts";
import { Bonds } from "../storage/weights.ts";
import { indicesOf } from "../weights/place.ts";
import { distribute } from "./distribute.ts";
import type { PendingEmission } from "./emission.ts";
import { mechanismInput, subnetInput } from "./epoch-input.ts";

/** Runs the Yuma epoch of every mechanism of a subnet, stores the result and pays it out. */
export function runSubnetEpoch(
  context: BlockContext,
  netuid: number,
  pending: PendingEmission,
): void {
  const { state, block } = context;
  const n = neurons.SubnetworkN.get(state, netuid);
  const hotkeys = Array.from({ length: n }, (_, uid) => neurons.Keys.get(state, netuid, uid));
  const indices = indicesOf(state, netuid);
  const split = splitEmission(
    pending.server + pending.validator,
    indices.length,
    MechanismEmissionSplit.get(state, netuid),
  );
  const shared = subnetInput(state, netuid, block, hotkeys);
  const outputs = indices.map((index, mecid) => {
    const place = { netuid, index };
    const output = runEpoch(mechanismInput(state, shared, place, split[mecid] ?? 0n));
    storeMechanism(state, index, output, shared.validatorPermit);
    context.emit(
      events.IncentiveAlphaEmittedToMiners({ netuid: index, emissions: output.serverEmission }),
    );
    return output;
  });
  const terms = mergeMechanisms(outputs, split);
  storeTerms(state, netuid, terms);
  distribute(state, netuid, hotkeys, terms, pending.owner);
  LastMechansimStepBlock.set(state, [netuid], BigInt(block));
}

/** Bonds are kept by those who may set weights; who loses the permit loses them. */
function storeMechanism(
  state: State,
  index: number,
  output: EpochOutput,
  hadPermit: readonly boolean[],
): void {
  neurons.Incentive.set(state, [index], output.incentive);
  output.validatorPermit.forEach((permitted, uid) => {
    const row = output.bonds[uid];
    if (permitted && row) Bonds.set(state, [index, uid], row);
    else if (hadPermit[uid]) Bonds.remove(state, index, uid);
  });
}

function storeTerms(state: State, netuid: number, terms: NetuidTerms): void {
  neurons.Active.set(state, [netuid], terms.active);
  neurons.Emission.set(state, [netuid], terms.emission);
  neurons.Consensus.set(state, [netuid], terms.consensus);
  neurons.Dividends.set(state, [netuid], terms.dividends);
  neurons.ValidatorTrust.set(state, [netuid], terms.validatorTrust);
  neurons.ValidatorPermit.set(state, [netuid], terms.validatorPermit);
  neurons.StakeWeight.set(state, [netuid], terms.stakeWeight);
}
