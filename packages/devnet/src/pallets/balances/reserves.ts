import type { Hex } from "@neurond/primitives";
import { type BlockContext, failure } from "../../frame/dispatch.ts";
import { account } from "../system/storage.ts";
import { spendable } from "./accounts.ts";
import { balanceErrors, reserved, unreserved } from "./events.ts";

/** Sets rao aside as a deposit, or InsufficientBalance. */
export function reserve(context: BlockContext, who: Hex, amount: bigint): void {
  if (amount === 0n) return;
  if (spendable(context.state, who) < amount) throw failure(balanceErrors.InsufficientBalance);
  shift(context, who, amount);
  context.emit(reserved({ who, amount }));
}

/** Gives a deposit back, as much of it as is there. */
export function unreserve(context: BlockContext, who: Hex, amount: bigint): void {
  const { reserved: there } = account.get(context.state, who).data;
  const freed = amount < there ? amount : there;
  if (freed === 0n) return;
  shift(context, who, -freed);
  context.emit(unreserved({ who, amount: freed }));
}

function shift(context: BlockContext, who: Hex, amount: bigint): void {
  account.update(context.state, [who], (info) => ({
    ...info,
    data: {
      ...info.data,
      free: info.data.free - amount,
      reserved: info.data.reserved + amount,
    },
  }));
}
