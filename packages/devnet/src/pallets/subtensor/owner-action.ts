import type { CallContext } from "../../frame/dispatch.ts";
import { badOrigin, ensure } from "../../frame/dispatch.ts";
import type { ValueOf } from "../../scale/type.ts";
import type { State, StateReader } from "../../state/state.ts";
import { errors } from "./errors.ts";
import { hasElapsed } from "./rate-limit.ts";
import { LastEpochBlock, PendingEpochAt, Tempo } from "./storage/epochs.ts";
import {
  AdminFreezeWindow,
  LastRateLimitedBlock,
  OwnerHyperparamRateLimit,
} from "./storage/limits.ts";
import { SubnetOwner } from "./storage/networks.ts";
import type { Hyperparameter, hyperparameter, rateLimitKey } from "./types.ts";

/** Who changes a parameter: root is trusted with the pace, the owner is not. */
export type Authority = "root" | "owner";

/** BadOrigin unless root or the subnet's owner calls. */
export function ensureOwnerOrRoot(context: CallContext, netuid: number): Authority {
  const { origin, state } = context;
  if (origin.kind === "root") return "root";
  if (origin.kind === "none") throw badOrigin();
  if (SubnetOwner.get(state, netuid) !== origin.account) throw badOrigin();
  return "owner";
}

/** Blocks until the next automatic epoch; none when automatic epochs are off. */
export function blocksToEpoch(state: StateReader, netuid: number, block: number) {
  const tempo = Tempo.get(state, netuid);
  if (tempo === 0) return undefined;
  const left = LastEpochBlock.get(state, netuid) + BigInt(tempo) - BigInt(block);
  return left > 0n ? left : 0n;
}

/** Nobody changes the rules shortly before weights are judged by them. */
export function ensureWindowOpen({ state, block }: CallContext, netuid: number): void {
  const left = blocksToEpoch(state, netuid, block);
  const far = left === undefined || left >= BigInt(AdminFreezeWindow.get(state));
  const open = far && PendingEpochAt.get(state, netuid) === 0n;
  ensure(open, errors.AdminActionProhibitedDuringWeightsWindow);
}

const key = (netuid: number, parameter: Hyperparameter): ValueOf<typeof rateLimitKey> => ({
  tag: "OwnerHyperparamUpdate",
  value: [netuid, { tag: parameter, value: undefined } as ValueOf<typeof hyperparameter>],
});

/** An owner may change a parameter once in so many tempos. */
export function ensureOwnerPace(
  { state, block }: CallContext,
  netuid: number,
  parameter: Hyperparameter,
): void {
  const epochs = OwnerHyperparamRateLimit.get(state);
  const limit = BigInt(Tempo.get(state, netuid)) * BigInt(epochs);
  const last = LastRateLimitedBlock.get(state, key(netuid, parameter));
  ensure(hasElapsed(last, block, limit), errors.TxRateLimitExceeded);
}

/** Starts the wait for the next change of the parameter. */
export function recordOwnerAction(
  state: State,
  netuid: number,
  parameter: Hyperparameter,
  block: number,
): void {
  LastRateLimitedBlock.set(state, [key(netuid, parameter)], BigInt(block));
}
