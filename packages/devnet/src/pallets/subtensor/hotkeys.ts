import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, failure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { option } from "../../scale/compose.ts";
import { accountId } from "../../scale/known.ts";
import { bool, u16 } from "../../scale/primitives.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { adoptHotkey, hotkeyExists } from "./hotkey-owner.ts";
import { NetworksAdded } from "./storage/networks.ts";
import { Uids } from "./storage/neurons.ts";
import { AutoStakeDestination, AutoStakeDestinationColdkeys } from "./storage/stake.ts";
import { swapHotkey } from "./swap-hotkey.ts";
import { isSystemAccount } from "./system-account.ts";

/** Says whose a hotkey is before it does anything else; nothing happens when that is known. */
function associate(context: CallContext, hotkey: Hex): void {
  const coldkey = signer(context);
  if (hotkeyExists(context.state, hotkey)) return;
  ensure(!isSystemAccount(hotkey), errors.CannotUseSystemAccount);
  adoptHotkey(context.state, coldkey, hotkey);
}

/** What a coldkey's miners earn on a subnet is staked to this hotkey. */
function setAutoStake(context: CallContext, netuid: number, hotkey: Hex): void {
  const { state } = context;
  const coldkey = signer(context);
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  ensure(Uids.has(state, netuid, hotkey), errors.HotKeyNotRegisteredInSubNet);
  const former = AutoStakeDestination.get(state, coldkey, netuid);
  if (former === hotkey) throw failure(errors.SameAutoStakeHotkeyAlreadySet);
  if (former) {
    AutoStakeDestinationColdkeys.update(state, [former, netuid], (coldkeys) =>
      coldkeys.filter((other) => other !== coldkey),
    );
  }
  AutoStakeDestination.set(state, [coldkey, netuid], hotkey);
  AutoStakeDestinationColdkeys.update(state, [hotkey, netuid], (coldkeys) =>
    coldkeys.includes(coldkey) ? coldkeys : [...coldkeys, coldkey],
  );
  context.emit(events.AutoStakeDestinationSet({ coldkey, netuid, hotkey }));
}

const swap = { hotkey: accountId, new_hotkey: accountId, netuid: option(u16) };

/** Calls about hotkeys as such. */
export const hotkeyCalls: readonly CallDef[] = [
  call(70, "swap_hotkey", swap, (context, args) =>
    swapHotkey(context, {
      from: args.hotkey,
      to: args.new_hotkey,
      netuid: args.netuid,
      keepStake: false,
    }),
  ),
  call(72, "swap_hotkey_v2", { ...swap, keep_stake: bool }, (context, args) =>
    swapHotkey(context, {
      from: args.hotkey,
      to: args.new_hotkey,
      netuid: args.netuid,
      keepStake: args.keep_stake,
    }),
  ),
  call(91, "try_associate_hotkey", { hotkey: accountId }, (context, { hotkey }) =>
    associate(context, hotkey),
  ),
  call(
    114,
    "set_coldkey_auto_stake_hotkey",
    { netuid: u16, hotkey: accountId },
    (context, { netuid, hotkey }) => setAutoStake(context, netuid, hotkey),
  ),
];
