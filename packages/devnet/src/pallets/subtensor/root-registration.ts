import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, failure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import type { StateReader } from "../../state/state.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { owns } from "./hotkey-owner.ts";
import { hotkeyStake } from "./shares.ts";
import { NetworksAdded } from "./storage/networks.ts";
import { Keys, MaxAllowedUids, SubnetworkN, Uids } from "./storage/neurons.ts";
import { appendNeuron, replaceNeuron } from "./uids.ts";

const ROOT = 0;

function rootRegister(context: CallContext, hotkey: Hex): void {
  const { state, block } = context;
  const coldkey = signer(context);
  ensure(NetworksAdded.get(state, ROOT), errors.RootNetworkDoesNotExist);
  ensure(!Uids.has(state, ROOT, hotkey), errors.HotKeyAlreadyRegisteredInSubNet);
  ensure(owns(state, coldkey, hotkey), errors.NonAssociatedColdKey);
  const count = SubnetworkN.get(state, ROOT);
  if (count < MaxAllowedUids.get(state, ROOT)) {
    const uid = appendNeuron(state, ROOT, hotkey, block);
    context.emit(events.NeuronRegistered(ROOT, uid, hotkey));
    return;
  }
  const weakest = weakestMember(state, count);
  if (!weakest || hotkeyStake(state, hotkey, ROOT) <= weakest.stake) {
    throw failure(errors.StakeTooLowForRoot);
  }
  replaceNeuron(state, ROOT, weakest.uid, hotkey, block);
  context.emit(events.NeuronRegistered(ROOT, weakest.uid, hotkey));
}

function weakestMember(state: StateReader, count: number) {
  let weakest: { readonly uid: number; readonly stake: bigint } | undefined;
  for (let uid = 0; uid < count; uid += 1) {
    const stake = hotkeyStake(state, Keys.get(state, ROOT, uid), ROOT);
    if (!weakest || stake < weakest.stake) weakest = { uid, stake };
  }
  return weakest;
}

/** A seat on the root network, free of charge, by stake. */
export const rootRegistrationCalls: readonly CallDef[] = [
  call(62, "root_register", { hotkey: accountId }, (context, { hotkey }) =>
    rootRegister(context, hotkey),
  ),
];
