import type { Hex } from "@neurond/primitives";
import { badOrigin, type CallContext, ensure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { u16 } from "../../scale/primitives.ts";
import type { StateReader } from "../../state/state.ts";
import { spendable, withdraw } from "../balances/accounts.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { adoptHotkey, ensureOwnOrNew } from "./hotkey-owner.ts";
import { lastNetworkRegistration, NETWORK_LAST_REGISTERED, networkLockCost } from "./lock-cost.ts";
import { createNetwork } from "./new-network.ts";
import { hasElapsed } from "./rate-limit.ts";
import { LastRateLimitedBlock } from "./storage/limits.ts";
import * as networks from "./storage/networks.ts";
import { isSystemAccount } from "./system-account.ts";
import { appendNeuron } from "./uids.ts";

/** Whether a network may be registered in this block, as far as the rate limit goes. */
export const networkLimitPassed = (state: StateReader, block: number): boolean =>
  hasElapsed(lastNetworkRegistration(state), block, networks.NetworkRateLimit.get(state));

function registerNetwork(context: CallContext, hotkey: Hex): void {
  const { state, block } = context;
  const coldkey = signer(context);
  ensureOwnOrNew(state, coldkey, hotkey);
  ensure(!isSystemAccount(hotkey), errors.CannotUseSystemAccount);
  const start = networks.NetworkRegistrationStartBlock.get(state);
  ensure(BigInt(block) >= start, errors.SubNetRegistrationDisabled);
  ensure(networkLimitPassed(state, block), errors.NetworkTxRateLimitExceeded);
  const taken = takenNetuids(state);
  // The chain would prune the weakest subnet past its immunity of half a year; ours never gets there.
  ensure(taken.size < networks.SubnetLimit.get(state), errors.SubnetLimitReached);
  const cost = networkLockCost(state, block);
  ensure(spendable(state, coldkey) >= cost, errors.CannotAffordLockCost);

  const netuid = lowestFree(taken);
  withdraw(context, coldkey, cost);
  networks.NetworkLastLockCost.set(state, [], cost);
  LastRateLimitedBlock.set(state, [NETWORK_LAST_REGISTERED], BigInt(block));
  // The cost is never below this minimum; what it is above it nobody gets.
  const poolRao = networks.NetworkMinLockCost.get(state);
  adoptHotkey(state, coldkey, hotkey);
  createNetwork(state, { netuid, block, coldkey, hotkey, poolRao });
  networks.SubnetLocked.set(state, [netuid], cost);
  appendNeuron(state, netuid, hotkey, block);
  context.emit(events.NetworkAdded(netuid, 1));
}

/** Netuids in use, root left out. */
function takenNetuids(state: StateReader): Set<number> {
  const added = [...networks.NetworksAdded.entries(state)];
  return new Set(added.flatMap(([[netuid], exists]) => (exists && netuid !== 0 ? [netuid] : [])));
}

function lowestFree(taken: ReadonlySet<number>): number {
  let netuid = 1;
  while (taken.has(netuid)) netuid += 1;
  return netuid;
}

function startCall(context: CallContext, netuid: number): void {
  const { state, block } = context;
  const owner = signer(context);
  ensure(networks.NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  if (networks.SubnetOwner.get(state, netuid) !== owner) throw badOrigin();
  const started = networks.FirstEmissionBlockNumber.has(state, netuid);
  ensure(!started, errors.FirstEmissionBlockNumberAlreadySet);
  const registered = networks.NetworkRegisteredAt.get(state, netuid);
  const ready = registered + networks.StartCallDelay.get(state);
  ensure(BigInt(block) >= ready, errors.NeedWaitingMoreBlocksToStarCall);
  const first = BigInt(block) + 1n;
  networks.FirstEmissionBlockNumber.set(state, [netuid], first);
  networks.SubtokenEnabled.set(state, [netuid], true);
  context.emit(events.FirstEmissionBlockNumberSet(netuid, first));
}

/** Calls that make a subnet and let it begin. */
export const networkCalls: readonly CallDef[] = [
  call(59, "register_network", { hotkey: accountId }, (context, { hotkey }) =>
    registerNetwork(context, hotkey),
  ),
  call(92, "start_call", { netuid: u16 }, (context, { netuid }) => startCall(context, netuid)),
];
