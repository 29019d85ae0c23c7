import { type StructValue, struct, type TupleValue, tuple } from "../scale/compose.ts";
import type { AnyType } from "../scale/type.ts";

/** Pallet index, event index and the encoded fields: what stands in `System.Events`. */
export type EncodedEvent = Uint8Array;

export interface EventDef {
  readonly index: number;
  readonly name: string;
  readonly content: AnyType | undefined;
}

const encoded = (pallet: number, index: number, fields: Uint8Array): EncodedEvent =>
  Uint8Array.of(pallet, index, ...fields);

/** Declares the events of one pallet: each is a function from its fields to its bytes. */
export function eventsOf(pallet: { readonly index: number }) {
  return {
    /** An event with unnamed fields. */
    plain<const T extends readonly AnyType[]>(index: number, name: string, ...fields: T) {
      const content = tuple<T>(...fields);
      const make = (...values: TupleValue<T>): EncodedEvent =>
        encoded(pallet.index, index, content.codec.enc(values));
      return Object.assign(make, { def: { index, name, content } satisfies EventDef });
    },
    /** An event with named fields. */
    named<T extends Record<string, AnyType>>(index: number, name: string, fields: T) {
      const content = struct([], fields);
      const make = (values: StructValue<T>): EncodedEvent =>
        encoded(pallet.index, index, content.codec.enc(values));
      return Object.assign(make, { def: { index, name, content } satisfies EventDef });
    },
  };
}
