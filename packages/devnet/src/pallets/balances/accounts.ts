import type { Hex } from "@neurond/primitives";
import type { BlockContext } from "../../frame/dispatch.ts";
import { storageOf } from "../../frame/storage.ts";
import { u64 } from "../../scale/primitives.ts";
import type { State, StateReader } from "../../state/state.ts";
import { killedAccount, newAccount } from "../system/events.ts";
import { type AccountInfo, account } from "../system/storage.ts";
import { deposited, dustLost, endowed, tokenFailure, transferred, withdrawn } from "./events.ts";

/** Accounts below this many rao do not exist. */
export const EXISTENTIAL_DEPOSIT = 500n;

const balances = storageOf("Balances");
export const totalIssuance = balances.item("TotalIssuance", [], u64, 0n);
export const inactiveIssuance = balances.item("InactiveIssuance", [], u64, 0n);

export const freeBalance = (state: StateReader, who: Hex): bigint =>
  account.get(state, who).data.free;

/** Rao that `who` can spend and still exist afterwards. */
export function spendable(state: StateReader, who: Hex): bigint {
  const free = freeBalance(state, who);
  return free > EXISTENTIAL_DEPOSIT ? free - EXISTENTIAL_DEPOSIT : 0n;
}

/**
 * Writes the free balance and what hangs on it: an account appears with its first deposit and
 * vanishes, nonce and dust with it, when its balance falls below the existential deposit.
 */
export function setFree(context: BlockContext, who: Hex, free: bigint): void {
  const { state } = context;
  const before = account.get(state, who);
  const exists = free + before.data.reserved >= EXISTENTIAL_DEPOSIT;
  const info: AccountInfo = { ...before, data: { ...before.data, free } };
  if (exists && before.providers === 0) {
    account.set(state, [who], { ...info, providers: 1 });
    context.emit(newAccount({ account: who }));
    context.emit(endowed({ account: who, free_balance: free }));
  } else if (exists) {
    account.set(state, [who], info);
  } else {
    remove(context, who, before, free);
  }
}

function remove(context: BlockContext, who: Hex, before: AccountInfo, dust: bigint): void {
  if (before.providers === 0) return;
  account.remove(context.state, who);
  context.emit(killedAccount({ account: who }));
  if (dust === 0n) return;
  addIssuance(context.state, -dust);
  context.emit(dustLost({ account: who, amount: dust }));
}

export const addIssuance = (state: State, change: bigint): void =>
  totalIssuance.update(state, [], (total) => total + change);

/** Makes `amount` rao for `who`; answers with what arrived: 0 when it would not be an account. */
export function deposit(context: BlockContext, who: Hex, amount: bigint): bigint {
  const free = freeBalance(context.state, who);
  if (amount === 0n || free + amount < EXISTENTIAL_DEPOSIT) return 0n;
  addIssuance(context.state, amount);
  setFree(context, who, free + amount);
  context.emit(deposited({ who, amount }));
  return amount;
}

/** Destroys `amount` rao of `who`, who keeps existing; false when that is too much. */
export function withdraw(context: BlockContext, who: Hex, amount: bigint): boolean {
  if (amount === 0n) return true;
  if (spendable(context.state, who) < amount) return false;
  setFree(context, who, freeBalance(context.state, who) - amount);
  addIssuance(context.state, -amount);
  context.emit(withdrawn({ who, amount }));
  return true;
}

/** Moves rao between accounts as `transfer_*` does, refusals included. */
export function transfer(
  context: BlockContext,
  move: {
    readonly from: Hex;
    readonly to: Hex;
    readonly amount: bigint;
    readonly keepAlive: boolean;
  },
): void {
  const { from, to, amount, keepAlive } = move;
  const { state } = context;
  const rest = freeBalance(state, from) - amount;
  if (rest < 0n) throw tokenFailure("FundsUnavailable");
  if (keepAlive && rest < EXISTENTIAL_DEPOSIT) throw tokenFailure("NotExpendable");
  const there = freeBalance(state, to) + amount;
  if (there < EXISTENTIAL_DEPOSIT) throw tokenFailure("BelowMinimum");
  if (from === to) return;
  setFree(context, from, rest);
  setFree(context, to, there);
  context.emit(transferred({ from, to, amount }));
}
