import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, signer } from "../../frame/dispatch.ts";
import { spendable, withdraw } from "../balances/accounts.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { adoptHotkey, ensureOwnOrNew, owns } from "./hotkey-owner.ts";
import { hasElapsed } from "./rate-limit.ts";
import { moveNeuron, moveStakers } from "./rename-hotkey.ts";
import { LastHotkeySwapOnNetuid, LastTxBlock, TxRateLimit } from "./storage/limits.ts";
import { NetworksAdded } from "./storage/networks.ts";
import { Uids } from "./storage/neurons.ts";
import { Delegates, OwnedHotkeys, Owner } from "./storage/stake.ts";
import { isSystemAccount } from "./system-account.ts";

/** A hotkey gives its place to another, on one subnet or on all. */
export interface HotkeySwap {
  readonly from: Hex;
  readonly to: Hex;
  readonly netuid: number | undefined;
  /** The stake stays with the old hotkey. */
  readonly keepStake: boolean;
}

const COST_EVERYWHERE = 100_000_000n;
const COST_ON_SUBNET = 1_000_000n;
/** A subnet sees a hotkey swapped at most once in so many blocks. */
const INTERVAL = 7_200n;

export function swapHotkey(context: CallContext, swap: HotkeySwap): void {
  const coldkey = signer(context);
  checkSwap(context, coldkey, swap);
  const netuids = swap.netuid === undefined ? networksOf(context) : [swap.netuid];
  const cost = swap.netuid === undefined ? COST_EVERYWHERE : COST_ON_SUBNET;
  const { state, block } = context;
  ensure(spendable(state, coldkey) >= cost, errors.NotEnoughBalanceToPaySwapHotKey);
  for (const netuid of netuids) ensureInterval(context, coldkey, netuid);

  withdraw(context, coldkey, cost);
  adoptHotkey(state, coldkey, swap.to);
  Delegates.set(state, [swap.to], Delegates.get(state, swap.from));
  LastTxBlock.set(state, [coldkey], BigInt(block));
  for (const netuid of netuids) {
    moveNeuron(state, netuid, swap.from, swap.to);
    if (!swap.keepStake) moveStakers(state, netuid, swap.from, swap.to);
    LastHotkeySwapOnNetuid.set(state, [netuid, coldkey], BigInt(block));
  }
  const keys = { coldkey, old_hotkey: swap.from, new_hotkey: swap.to };
  if (swap.netuid === undefined) {
    if (!swap.keepStake) forget(context, coldkey, swap.from);
    context.emit(events.HotkeySwapped(keys));
  } else {
    context.emit(events.HotkeySwappedOnSubnet({ ...keys, netuid: swap.netuid }));
  }
}

function checkSwap({ state, block }: CallContext, coldkey: Hex, swap: HotkeySwap): void {
  const { from, to, netuid } = swap;
  ensure(owns(state, coldkey, from), errors.NonAssociatedColdKey);
  const limit = TxRateLimit.get(state);
  const last = LastTxBlock.get(state, coldkey);
  // Unlike the other limits this one is strict: exactly `limit` blocks are too few.
  const passed = limit === 0n || last === 0n || BigInt(block) - last > limit;
  ensure(passed, errors.HotKeySetTxRateLimitExceeded);
  ensure(from !== to, errors.NewHotKeyIsSameWithOld);
  ensure(!isSystemAccount(to), errors.CannotUseSystemAccount);
  ensureOwnOrNew(state, coldkey, to);
  ensure(netuid === undefined || NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  const netuids = netuid === undefined ? networksOf({ state }) : [netuid];
  const taken = netuids.some((on) => Uids.has(state, on, to));
  ensure(!taken, errors.HotKeyAlreadyRegisteredInSubNet);
}

function ensureInterval({ state, block }: CallContext, coldkey: Hex, netuid: number): void {
  const last = LastHotkeySwapOnNetuid.get(state, netuid, coldkey);
  ensure(hasElapsed(last, block, INTERVAL), errors.HotKeySwapOnSubnetIntervalNotPassed);
}

const networksOf = ({ state }: Pick<CallContext, "state">): number[] =>
  [...NetworksAdded.entries(state)].flatMap(([[netuid], exists]) => (exists ? [netuid] : []));

function forget({ state }: CallContext, coldkey: Hex, hotkey: Hex): void {
  Owner.remove(state, hotkey);
  Delegates.remove(state, hotkey);
  OwnedHotkeys.update(state, [coldkey], (all) => all.filter((other) => other !== hotkey));
}
