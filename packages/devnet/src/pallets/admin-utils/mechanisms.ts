import { ensure, ensureRoot } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { option, vec } from "../../scale/compose.ts";
import { u8, u16 } from "../../scale/primitives.ts";
import { errors } from "../subtensor/errors.ts";
import {
  MaxMechanismCount,
  MechanismCountCurrent,
  MechanismEmissionSplit,
} from "../subtensor/storage/networks.ts";
import { LastUpdate, MaxAllowedUids, SubnetworkN } from "../subtensor/storage/neurons.ts";
import { indicesOf } from "../subtensor/weights/place.ts";
import { type SubnetChange, subnetCall } from "./setter.ts";
import { MOST_UIDS } from "./uids.ts";

const SHARES = 65_535;

function setCount({ state, netuid }: SubnetChange, count: number): void {
  const within = count > 0 && count <= MaxMechanismCount.get(state);
  ensure(within, errors.InvalidValue);
  const uids = MaxAllowedUids.get(state, netuid) * count;
  ensure(uids <= MOST_UIDS, errors.TooManyUIDsPerMechanism);
  MechanismCountCurrent.set(state, [netuid], count);
  // A split is for a number of mechanisms: with another number it would be meaningless.
  MechanismEmissionSplit.remove(state, netuid);
  const neurons = SubnetworkN.get(state, netuid);
  for (const index of indicesOf(state, netuid)) {
    if (LastUpdate.has(state, index)) continue;
    LastUpdate.set(state, [index], Array(neurons).fill(0n));
  }
}

function setSplit({ state, netuid }: SubnetChange, split: number[] | undefined): void {
  if (!split) {
    MechanismEmissionSplit.remove(state, netuid);
    return;
  }
  const count = MechanismCountCurrent.get(state, netuid);
  const total = split.reduce((sum, share) => sum + share, 0);
  ensure(split.length === count && total === SHARES, errors.InvalidValue);
  MechanismEmissionSplit.set(state, [netuid], split);
}

/** Calls about the mechanisms of a subnet. */
export const mechanismCalls: readonly CallDef[] = [
  subnetCall(76, "sudo_set_mechanism_count", { mechanism_count: u8 }, "owner", (change, args) =>
    setCount(change, args["mechanism_count"] as number),
  ),
  subnetCall(
    77,
    "sudo_set_mechanism_emission_split",
    { maybe_split: option(vec(u16)) },
    "owner",
    (change, args) => setSplit(change, args["maybe_split"] as number[] | undefined),
  ),
  call(88, "sudo_set_max_mechanism_count", { max_mechanism_count: u8 }, (context, args) => {
    ensureRoot(context);
    ensure(args.max_mechanism_count > 0, errors.InvalidValue);
    MaxMechanismCount.set(context.state, [], args.max_mechanism_count);
  }),
];
