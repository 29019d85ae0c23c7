import type { Hex } from "@neurond/primitives";
import type { NestedCall, PalletError } from "../frame/dispatch.ts";
import type { ApiView } from "../frame/pallet.ts";
import type { Runtime } from "../runtime.ts";

/** Why a signed call may not run now: the pool's code, and the error of the same cause in a block. */
export interface GuardRefusal {
  readonly custom: number;
  readonly error: PalletError;
}

/** First rule that objects to a call signed by `account` in a block of the view's height. */
export type Guard = (view: ApiView, account: Hex, call: NestedCall) => GuardRefusal | undefined;

/** What it takes to judge and run extrinsics. */
export interface Executable {
  readonly runtime: Pick<Runtime, "pallets" | "runtimeCall" | "version">;
  readonly guard: Guard;
}
