import type { Hex } from "@neurond/primitives";
import {
  type BlockContext,
  type CallContext,
  ensure,
  failure,
  type PalletError,
  signer,
} from "../../frame/dispatch.ts";
import { type CallDef, call, freeCall } from "../../frame/pallet.ts";
import { accountId } from "../../scale/known.ts";
import { u16 } from "../../scale/primitives.ts";
import type { StateReader } from "../../state/state.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { hotkeyExists, owns } from "./hotkey-owner.ts";
import { hasElapsed, TRANSACTION } from "./rate-limit.ts";
import {
  LastTxBlockDelegateTake,
  TransactionKeyLastBlock,
  TxChildkeyTakeRateLimit,
  TxDelegateTakeRateLimit,
} from "./storage/limits.ts";
import {
  ChildkeyTake,
  Delegates,
  MaxChildkeyTake,
  MaxDelegateTake,
  MinChildkeyTake,
  MinChildkeyTakePerSubnet,
  MinDelegateTake,
} from "./storage/stake.ts";

/** A change of what a hotkey keeps of its stakers' earnings. */
export interface TakeChange {
  readonly direction: "increase" | "decrease";
  readonly coldkey: Hex;
  readonly hotkey: Hex;
  /** Share of 65535. */
  readonly take: number;
}

/** Why a change of take is refused, if it is; the pace of increases is judged at dispatch. */
export function takeRefusal(state: StateReader, change: TakeChange): PalletError | undefined {
  const { direction, coldkey, hotkey, take } = change;
  if (!hotkeyExists(state, hotkey)) return errors.HotKeyAccountNotExists;
  if (!owns(state, coldkey, hotkey)) return errors.NonAssociatedColdKey;
  const current = Delegates.get(state, hotkey);
  const moves = direction === "increase" ? take > current : take < current;
  if (!moves || take < MinDelegateTake.get(state)) return errors.DelegateTakeTooLow;
  return take > MaxDelegateTake.get(state) ? errors.DelegateTakeTooHigh : undefined;
}

function setTake(context: CallContext, change: TakeChange): void {
  const { state, block } = context;
  const { coldkey, hotkey, take } = change;
  const refusal = takeRefusal(state, change);
  if (refusal) throw failure(refusal);
  if (change.direction === "increase") {
    const last = LastTxBlockDelegateTake.get(state, hotkey);
    const passed = hasElapsed(last, block, TxDelegateTakeRateLimit.get(state));
    ensure(passed, errors.DelegateTxRateLimitExceeded);
  }
  LastTxBlockDelegateTake.set(state, [hotkey], BigInt(block));
  Delegates.set(state, [hotkey], take);
  const changed = change.direction === "increase" ? events.TakeIncreased : events.TakeDecreased;
  context.emit(changed(coldkey, hotkey, take));
}

function setChildkeyTake(context: CallContext, hotkey: Hex, netuid: number, take: number): void {
  const { state, block } = context;
  const coldkey = signer(context);
  ensure(owns(state, coldkey, hotkey), errors.NonAssociatedColdKey);
  ensure(take >= minChildkeyTake(state, netuid), errors.InvalidChildkeyTake);
  ensure(take <= MaxChildkeyTake.get(state), errors.InvalidChildkeyTake);
  const key = [hotkey, netuid, TRANSACTION.SetChildkeyTake] as const;
  if (take > ChildkeyTake.get(state, hotkey, netuid)) {
    const last = TransactionKeyLastBlock.get(state, ...key);
    const passed = hasElapsed(last, block, TxChildkeyTakeRateLimit.get(state));
    ensure(passed, errors.TxChildkeyTakeRateLimitExceeded);
  }
  ChildkeyTake.set(state, [hotkey, netuid], take);
  recordTransaction(context, ...key);
  context.emit(events.ChildKeyTakeSet(hotkey, take));
}

const minChildkeyTake = (state: StateReader, netuid: number): number =>
  Math.max(MinChildkeyTake.get(state), MinChildkeyTakePerSubnet.get(state, netuid));

const recordTransaction = (
  { state, block }: BlockContext,
  hotkey: Hex,
  netuid: number,
  kind: number,
): void => TransactionKeyLastBlock.set(state, [hotkey, netuid, kind], BigInt(block));

const change = { hotkey: accountId, take: u16 };

/** Calls that set what a hotkey keeps of what others earn through it. */
export const takeCalls: readonly CallDef[] = [
  freeCall(65, "decrease_take", change, (context, { hotkey, take }) =>
    setTake(context, { direction: "decrease", coldkey: signer(context), hotkey, take }),
  ),
  freeCall(66, "increase_take", change, (context, { hotkey, take }) =>
    setTake(context, { direction: "increase", coldkey: signer(context), hotkey, take }),
  ),
  call(
    75,
    "set_childkey_take",
    { hotkey: accountId, netuid: u16, take: u16 },
    (context, { hotkey, netuid, take }) => setChildkeyTake(context, hotkey, netuid, take),
  ),
];
