import type { Hex } from "@neurond/primitives";
import type { NestedCall, PalletError } from "../../../frame/dispatch.ts";
import type { StateReader } from "../../../state/state.ts";

/** What decides about a call that is not yet in a block: storage, and the height it would have. */
export interface GuardView {
  readonly state: StateReader;
  readonly block: number;
}

/** Why a call signed by `account` is refused, if it is. */
export type Check<Args> = (view: GuardView, account: Hex, args: Args) => PalletError | undefined;

/** Checks of the pallet's calls, by call index. */
export type Checks = ReadonlyMap<number, Check<unknown>>;

/** An entry for `Checks`. The runtime decoded the arguments by the codec of the call with this index. */
export const checkOf = <Args>(call: number, check: Check<Args>): [number, Check<unknown>] => [
  call,
  check as Check<unknown>,
];

/** One of the guards: it judges the calls it has a check for and lets all others pass. */
export const judge = (checks: Checks, view: GuardView, account: Hex, call: NestedCall) =>
  checks.get(call.call)?.(view, account, call.args);
