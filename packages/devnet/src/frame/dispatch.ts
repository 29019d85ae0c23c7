import type { Hex } from "@neurond/primitives";
import type { DispatchError } from "../scale/known.ts";
import type { State } from "../state/state.ts";
import type { EncodedEvent } from "./event.ts";

/** Who a call speaks for. */
export type Origin =
  | { readonly kind: "signed"; readonly account: Hex }
  | { readonly kind: "root" }
  | { readonly kind: "none" };

/** A pallet's own error: identified on chain by the two indices, by name for people. */
export interface PalletError {
  readonly pallet: string;
  readonly palletIndex: number;
  readonly index: number;
  readonly name: string;
}

/** A refused call. Thrown inside a pallet, caught where the call was dispatched; rolls its writes back. */
export class DispatchFailure extends Error {
  readonly error: DispatchError;

  constructor(error: DispatchError, name: string) {
    super(name);
    this.name = "DispatchFailure";
    this.error = error;
  }
}

export const failure = (error: PalletError): DispatchFailure =>
  new DispatchFailure(
    {
      tag: "Module",
      value: { index: error.palletIndex, error: Uint8Array.of(error.index, 0, 0, 0) },
    },
    `${error.pallet}.${error.name}`,
  );

/** Refuses the call with `error` unless the condition holds. */
export function ensure(condition: boolean, error: PalletError): asserts condition {
  if (!condition) throw failure(error);
}

export const badOrigin = (): DispatchFailure =>
  new DispatchFailure({ tag: "BadOrigin", value: undefined }, "BadOrigin");

/** What code that changes state is given: storage of the open block and where events go. */
export interface BlockContext {
  readonly state: State;
  /** Height of the block being built. */
  readonly block: number;
  emit(event: EncodedEvent): void;
}

export interface CallContext extends BlockContext {
  readonly origin: Origin;
  /**
   * Dispatches a nested call as `origin` in a storage layer of its own: its writes and events
   * vanish when it fails. Answers with the error instead of throwing.
   */
  dispatch(call: NestedCall, origin: Origin): DispatchError | undefined;
}

/** A decoded call, as it stands inside another one or in an extrinsic. */
export interface NestedCall {
  readonly pallet: number;
  readonly call: number;
  readonly args: unknown;
}

/** The account that signed, or BadOrigin. */
export function signer(context: CallContext): Hex {
  if (context.origin.kind !== "signed") throw badOrigin();
  return context.origin.account;
}

/** BadOrigin unless the call came through sudo. */
export function ensureRoot(context: CallContext): void {
  if (context.origin.kind !== "root") throw badOrigin();
}
