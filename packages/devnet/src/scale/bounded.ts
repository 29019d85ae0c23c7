import { Bytes, createCodec, Vector } from "scale-ts";
import { vec } from "./compose.ts";
import { bytes, u8 } from "./primitives.ts";
import { type AnyType, defineType, type Type } from "./type.ts";

const PATH = ["bounded_collections", "bounded_vec", "BoundedVec"];

const describe = (of: AnyType, inner: AnyType) =>
  [
    { tag: "composite", fields: [{ type: inner }] },
    PATH,
    [{ name: "T", type: of }, { name: "S" }],
  ] as const;

function requireAtMost(max: number, length: number): void {
  if (length > max) throw new RangeError(`bounded vector of ${length} items: at most ${max}`);
}

/** `BoundedVec<u8, max>`: longer input does not decode, so that the extrinsic is malformed. */
export function boundedBytes(max: number): Type<Uint8Array> {
  const raw = Bytes();
  const codec = createCodec<Uint8Array>(raw.enc, (input) => {
    const value = raw.dec(input);
    requireAtMost(max, value.length);
    return value;
  });
  return defineType(codec, ...describe(u8, bytes));
}

/** `BoundedVec<T, max>`. */
export function boundedVec<T>(of: Type<T>, max: number): Type<T[]> {
  const raw = Vector(of.codec);
  const codec = createCodec<T[]>(raw.enc, (input) => {
    const value = raw.dec(input);
    requireAtMost(max, value.length);
    return value;
  });
  return defineType(codec, ...describe(of, vec(of)));
}

/** `BTreeSet<T>`; the writer keeps the order. */
export const btreeSet = <T>(of: Type<T>): Type<T[]> =>
  defineType(
    vec(of).codec,
    { tag: "composite", fields: [{ type: vec(of) }] },
    ["BTreeSet"],
    [{ name: "T", type: of }],
  );
