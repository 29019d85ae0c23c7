import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure } from "../../frame/dispatch.ts";
import type { StateReader } from "../../state/state.ts";
import { deposit } from "../balances/accounts.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { hotkeyExists } from "./hotkey-owner.ts";
import { buy, MIN_STAKE, quoteSell, sell } from "./pool.ts";
import { addStake, type Position, removeStake, stakeOf } from "./shares.ts";
import { NetworksAdded, SubtokenEnabled, TransferToggle } from "./storage/networks.ts";

/** From one position to another; the coldkeys differ in `transfer_stake`, the hotkeys in `move_stake`. */
export interface StakeMove {
  readonly from: Position;
  readonly to: Position;
  readonly alpha: bigint;
}

/** Moves stake; between subnets it is sold and bought. Answers with its worth in rao of TAO. */
export function moveStake(context: CallContext, { from, to, alpha }: StakeMove): bigint {
  const { state } = context;
  for (const { netuid } of [from, to]) {
    ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  }
  for (const { netuid } of [from, to]) {
    ensure(SubtokenEnabled.get(state, netuid), errors.SubtokenDisabled);
  }
  for (const { hotkey } of [from, to]) {
    ensure(hotkeyExists(state, hotkey), errors.HotKeyAccountNotExists);
  }
  ensure(stakeOf(state, from) >= alpha, errors.NotEnoughStakeToWithdraw);
  const worth = quoteSell(state, from.netuid, alpha).out;
  ensure(worth >= MIN_STAKE, errors.AmountTooLow);
  removeStake(state, from, alpha);
  if (from.netuid === to.netuid) {
    addStake(state, to, alpha);
    return worth;
  }
  const tao = sell(context, from.netuid, alpha).out;
  addStake(state, to, buy(context, to.netuid, tao).out);
  return tao;
}

/** Stake may change its coldkey only where both subnets let it. */
export function ensureTransferable(state: StateReader, { from, to }: StakeMove): void {
  for (const { netuid } of [from, to]) {
    ensure(TransferToggle.get(state, netuid), errors.TransferDisallowed);
  }
}

/** Sells alpha of a position and pays the coldkey. */
export function unstake(context: CallContext, position: Position, alpha: bigint): void {
  const { hotkey, coldkey, netuid } = position;
  const { out, fee } = sell(context, netuid, alpha);
  removeStake(context.state, position, alpha);
  deposit(context, coldkey, out);
  context.emit(events.StakeRemoved(coldkey, hotkey, out, alpha, netuid, fee));
}

/** Sells everything a coldkey has behind a hotkey, on each subnet whose token trades. */
export function unstakeAll(context: CallContext, coldkey: Hex, hotkey: Hex): void {
  const { state } = context;
  ensure(hotkeyExists(state, hotkey), errors.HotKeyAccountNotExists);
  for (const [[netuid], exists] of NetworksAdded.entries(state)) {
    const position = { hotkey, coldkey, netuid };
    const alpha = stakeOf(state, position);
    if (!exists || alpha === 0n || !SubtokenEnabled.get(state, netuid)) continue;
    unstake(context, position, alpha);
  }
}
