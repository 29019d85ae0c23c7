import type { Hex } from "@neurond/primitives";
import { type CallContext, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { bool, u16, u64 } from "../../scale/primitives.ts";
import { events } from "./events.ts";
import type { Position } from "./shares.ts";
import { ensureTransferable, moveStake, unstakeAll } from "./stake-moves.ts";
import { stake, withdrawStake } from "./staking.ts";

const place = { hotkey: accountId, netuid: u16 };
const limited = { limit_price: u64, allow_partial: bool };

const own = (context: CallContext, at: { hotkey: Hex; netuid: number }): Position => ({
  hotkey: at.hotkey,
  coldkey: signer(context),
  netuid: at.netuid,
});

/** Calls that buy, sell and move stake. */
export const stakingCalls: readonly CallDef[] = [
  call(2, "add_stake", { ...place, amount_staked: u64 }, (context, args) =>
    stake(context, own(context, args), args.amount_staked),
  ),
  call(3, "remove_stake", { ...place, amount_unstaked: u64 }, (context, args) =>
    withdrawStake(context, own(context, args), args.amount_unstaked),
  ),
  call(88, "add_stake_limit", { ...place, amount_staked: u64, ...limited }, (context, args) =>
    stake(context, own(context, args), args.amount_staked, {
      rao: args.limit_price,
      allowPartial: args.allow_partial,
    }),
  ),
  call(89, "remove_stake_limit", { ...place, amount_unstaked: u64, ...limited }, (context, args) =>
    withdrawStake(context, own(context, args), args.amount_unstaked, {
      rao: args.limit_price,
      allowPartial: args.allow_partial,
    }),
  ),
  call(83, "unstake_all", { hotkey: accountId }, (context, { hotkey }) =>
    unstakeAll(context, signer(context), hotkey),
  ),
  call(
    85,
    "move_stake",
    {
      origin_hotkey: accountId,
      destination_hotkey: accountId,
      origin_netuid: u16,
      destination_netuid: u16,
      alpha_amount: u64,
    },
    (context, args) => {
      const coldkey = signer(context);
      const { origin_hotkey, origin_netuid, destination_hotkey, destination_netuid } = args;
      const from = { hotkey: origin_hotkey, coldkey, netuid: origin_netuid };
      const to = { hotkey: destination_hotkey, coldkey, netuid: destination_netuid };
      const tao = moveStake(context, { from, to, alpha: args.alpha_amount });
      context.emit(
        events.StakeMoved(coldkey, origin_hotkey, origin_netuid, to.hotkey, to.netuid, tao),
      );
    },
  ),
  call(
    86,
    "transfer_stake",
    {
      destination_coldkey: accountId,
      hotkey: accountId,
      origin_netuid: u16,
      destination_netuid: u16,
      alpha_amount: u64,
    },
    (context, args) => {
      const coldkey = signer(context);
      const { hotkey, destination_coldkey, origin_netuid, destination_netuid } = args;
      const from = { hotkey, coldkey, netuid: origin_netuid };
      const to = { hotkey, coldkey: destination_coldkey, netuid: destination_netuid };
      const move = { from, to, alpha: args.alpha_amount };
      ensureTransferable(context.state, move);
      const tao = moveStake(context, move);
      context.emit(
        events.StakeTransferred(coldkey, to.coldkey, hotkey, from.netuid, to.netuid, tao),
      );
    },
  ),
];
