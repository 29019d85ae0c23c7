import { type CallContext, ensure, failure } from "../../frame/dispatch.ts";
import { spendable, withdraw } from "../balances/accounts.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { hotkeyExists } from "./hotkey-owner.ts";
import { buy, MIN_STAKE, quoteBuy, quoteSell } from "./pool.ts";
import { maxBuy, maxSell } from "./price-limit.ts";
import { addStake, type Position, stakeOf } from "./shares.ts";
import { unstake } from "./stake-moves.ts";
import { NetworksAdded, SubtokenEnabled } from "./storage/networks.ts";

/** Rao for one alpha that a trade must not go past, and whether a part of it will do. */
export interface PriceLimit {
  readonly rao: bigint;
  readonly allowPartial: boolean;
}

/** Buys alpha for `tao` rao of the coldkey and stakes it to the hotkey. */
export function stake(
  context: CallContext,
  position: Position,
  tao: bigint,
  limit?: PriceLimit,
): void {
  const { state } = context;
  const { hotkey, coldkey, netuid } = position;
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  ensure(SubtokenEnabled.get(state, netuid), errors.SubtokenDisabled);
  const amount = limit ? within(tao, maxBuy(state, netuid, limit.rao), limit) : tao;
  ensure(amount >= MIN_STAKE + quoteBuy(state, netuid, amount).fee, errors.AmountTooLow);
  ensure(spendable(state, coldkey) >= amount, errors.NotEnoughBalanceToStake);
  ensure(hotkeyExists(state, hotkey), errors.HotKeyAccountNotExists);
  const { out, fee } = buy(context, netuid, amount);
  withdraw(context, coldkey, amount);
  addStake(state, position, out);
  context.emit(events.StakeAdded(coldkey, hotkey, amount, out, netuid, fee));
}

/** Sells up to `alpha` of a position; more than is there means all of it. */
export function withdrawStake(
  context: CallContext,
  position: Position,
  alpha: bigint,
  limit?: PriceLimit,
): void {
  const { state } = context;
  const { hotkey, netuid } = position;
  ensure(SubtokenEnabled.get(state, netuid), errors.SubtokenDisabled);
  const there = stakeOf(state, position);
  const asked = alpha < there ? alpha : there;
  const amount = limit ? within(asked, maxSell(state, netuid, limit.rao), limit) : asked;
  const worth = quoteSell(state, netuid, amount).out;
  const enough = amount === there || worth >= MIN_STAKE;
  ensure(amount > 0n && enough, errors.AmountTooLow);
  ensure(hotkeyExists(state, hotkey), errors.HotKeyAccountNotExists);
  unstake(context, position, amount);
}

/** As much as the price limit lets through, or SlippageTooHigh. */
function within(amount: bigint, possible: bigint, limit: PriceLimit): bigint {
  if (amount <= possible) return amount;
  if (!limit.allowPartial || possible === 0n) throw failure(errors.SlippageTooHigh);
  return possible;
}
