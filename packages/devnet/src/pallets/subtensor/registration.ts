import type { Hex } from "@neurond/primitives";
import { type CallContext, ensure, failure, signer } from "../../frame/dispatch.ts";
import { type CallDef, call } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { bytes, u16, u64 } from "../../scale/primitives.ts";
import { spendable, withdraw } from "../balances/accounts.ts";
import { raiseBurn } from "./burn-price.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { adoptHotkey, ensureOwnOrNew } from "./hotkey-owner.ts";
import { buy } from "./pool.ts";
import { uidToPrune } from "./prune.ts";
import { NetworksAdded, SubnetAlphaOut } from "./storage/networks.ts";
import { MaxAllowedUids, SubnetworkN, Uids } from "./storage/neurons.ts";
import {
  Burn,
  NetworkRegistrationAllowed,
  RAORecycledForRegistration,
} from "./storage/registration.ts";
import { isSystemAccount } from "./system-account.ts";
import { appendNeuron, replaceNeuron } from "./uids.ts";

const ROOT = 0;

/** Registers a neuron: the coldkey pays the burn, the hotkey gets a uid. */
function register(context: CallContext, netuid: number, hotkey: Hex): void {
  const { state, block } = context;
  const coldkey = signer(context);
  ensure(netuid !== ROOT, errors.RegistrationNotPermittedOnRootSubnet);
  ensure(NetworksAdded.get(state, netuid), errors.SubnetNotExists);
  ensure(NetworkRegistrationAllowed.get(state, netuid), errors.SubNetRegistrationDisabled);
  ensure(!Uids.has(state, netuid, hotkey), errors.HotKeyAlreadyRegisteredInSubNet);
  const burn = Burn.get(state, netuid);
  ensure(spendable(state, coldkey) >= burn, errors.NotEnoughBalanceToStake);
  ensure(!isSystemAccount(hotkey), errors.CannotUseSystemAccount);
  ensureOwnOrNew(state, coldkey, hotkey);
  const uid = freeUid(context, netuid);

  adoptHotkey(state, coldkey, hotkey);
  withdraw(context, coldkey, burn);
  burnInPool(context, netuid, burn);
  if (uid === SubnetworkN.get(state, netuid)) appendNeuron(state, netuid, hotkey, block);
  else replaceNeuron(state, netuid, uid, hotkey, block);
  raiseBurn(state, netuid);
  context.emit(events.NeuronRegistered(netuid, uid, hotkey));
}

/** The next uid, or the one to replace. */
function freeUid({ state, block }: CallContext, netuid: number): number {
  const count = SubnetworkN.get(state, netuid);
  const limit = MaxAllowedUids.get(state, netuid);
  const uid = count < limit ? count : limit > 0 ? uidToPrune(state, netuid, block) : undefined;
  if (uid === undefined) throw failure(errors.NoNeuronIdAvailable);
  return uid;
}

/** The price buys alpha that nobody gets. */
function burnInPool(context: CallContext, netuid: number, burn: bigint): void {
  const { out } = buy(context, netuid, burn);
  SubnetAlphaOut.update(context.state, [netuid], (alpha) => alpha - out);
  RAORecycledForRegistration.update(context.state, [netuid], (total) => total + burn);
}

/** Calls that make a neuron. */
export const registrationCalls: readonly CallDef[] = [
  // The work arguments of the proof-of-work days are there and ignored.
  call(
    6,
    "register",
    {
      netuid: u16,
      block_number: u64,
      nonce: u64,
      work: bytes,
      hotkey: accountId,
      coldkey: accountId,
    },
    (context, { netuid, hotkey }) => register(context, netuid, hotkey),
  ),
  call(7, "burned_register", { netuid: u16, hotkey: accountId }, (context, { netuid, hotkey }) =>
    register(context, netuid, hotkey),
  ),
  call(
    134,
    "register_limit",
    { netuid: u16, hotkey: accountId, limit_price: u64 },
    (context, { netuid, hotkey, limit_price }) => {
      const affordable = Burn.get(context.state, netuid) <= limit_price;
      ensure(affordable, errors.RegistrationPriceLimitExceeded);
      register(context, netuid, hotkey);
    },
  ),
];
