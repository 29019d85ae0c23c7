import type { Hex } from "@neurond/primitives";
import { type StructValue, struct } from "../scale/compose.ts";
import { decode } from "../scale/decode.ts";
import type { AnyType, Type } from "../scale/type.ts";
import type { StateReader } from "../state/state.ts";
import type { BlockContext, CallContext, NestedCall, PalletError } from "./dispatch.ts";
import type { EventDef } from "./event.ts";
import type { AnyItem } from "./storage.ts";
import type { InvalidTransaction } from "./validity.ts";

/** One dispatchable call. Arguments are decoded before `run` sees them. */
export interface CallDef {
  readonly index: number;
  readonly name: string;
  readonly args: Type<unknown>;
  /** Calls that secure the network cost nothing, so that a hotkey needs no balance. */
  readonly paysFee: boolean;
  readonly run: (context: CallContext, args: unknown) => void;
}

export interface ConstantDef {
  readonly name: string;
  readonly type: AnyType;
  readonly value: Uint8Array;
}

/** A pallet as the runtime and the metadata see it. */
export interface Pallet {
  readonly name: string;
  readonly index: number;
  readonly storage: readonly AnyItem[];
  readonly calls: readonly CallDef[];
  readonly events: readonly EventDef[];
  readonly errors: readonly PalletError[];
  readonly constants: readonly ConstantDef[];
  /** Runs at the start of every block, before its extrinsics, in order of pallet index. */
  readonly onInitialize?: (context: BlockContext) => void;
  /** Judges an unsigned extrinsic of this pallet; without it unsigned calls are unknown to the pool. */
  readonly validateUnsigned?: (view: ApiView, call: NestedCall) => InvalidTransaction | undefined;
  /** Which unsigned extrinsic a block takes first: the higher one. */
  readonly unsignedPriority?: (call: NestedCall) => bigint;
}

/** Declares a call that pays a fee. */
export function call<T extends Record<string, AnyType>>(
  index: number,
  name: string,
  fields: T,
  run: (context: CallContext, args: StructValue<T>) => void,
  paysFee = true,
): CallDef {
  // The executive hands `run` only what this call's own codec decoded.
  return {
    index,
    name,
    args: struct([], fields) as Type<unknown>,
    paysFee,
    run: run as CallDef["run"],
  };
}

/** Declares a call without a fee (`Pays::No`). */
export const freeCall: typeof call = (index, name, fields, run) =>
  call(index, name, fields, run, false);

export const constant = <T>(name: string, type: Type<T>, value: T): ConstantDef => ({
  name,
  type,
  value: type.codec.enc(value),
});

/** Declares the errors of one pallet. */
export const errorsOf =
  (pallet: { readonly name: string; readonly index: number }) =>
  (index: number, name: string): PalletError => ({
    pallet: pallet.name,
    palletIndex: pallet.index,
    index,
    name,
  });

/** A runtime API: read-only functions of the state, reached through `state_call`. */
export interface RuntimeApi {
  readonly name: string;
  readonly version: number;
  readonly methods: readonly ApiMethod[];
}

export interface ApiMethod {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly type: AnyType }[];
  readonly output: AnyType;
  readonly run: (view: ApiView, args: Uint8Array) => Uint8Array;
}

/** What a runtime API may look at. */
export interface ApiView {
  readonly state: StateReader;
  /** Height and hash of the block whose state this is. */
  readonly block: number;
  readonly hash: Hex;
}

export function apiMethod<T extends Record<string, AnyType>, Out>(
  name: string,
  inputs: T,
  output: Type<Out>,
  run: (view: ApiView, args: StructValue<T>) => Out,
): ApiMethod {
  const args = struct([], inputs);
  return {
    name,
    inputs: Object.entries(inputs).map(([input, type]) => ({ name: input, type })),
    output,
    run: (view, encoded) => output.codec.enc(run(view, decode(args, encoded))),
  };
}
