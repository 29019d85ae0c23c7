import { Bytes, compact, createCodec, createDecoder } from "scale-ts";
import { tuple, vec } from "../../scale/compose.ts";
import { u16 } from "../../scale/primitives.ts";
import { defineType, type Type } from "../../scale/type.ts";
import type { PairRow } from "../../yuma/pair-row.ts";

/** Bytes of one (uid, value) pair. */
const PAIR = 4;
const described = vec(tuple(u16, u16)).describe().shape;

/**
 * `Vec<(u16, u16)>` of weights and bonds. The bytes after the length are the row itself: a subnet
 * has up to a million entries, far too many to build one by one in every epoch.
 */
export const sparseRow: Type<PairRow> = defineType(
  createCodec<PairRow>(
    (row) => {
      const length = compact.enc(row.length / 2);
      const encoded = new Uint8Array(length.length + row.byteLength);
      encoded.set(length);
      encoded.set(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), length.length);
      return encoded;
    },
    createDecoder((input) => {
      const pairs = Number(compact.dec(input));
      const content = Bytes(pairs * PAIR).dec(input);
      if (content.length !== pairs * PAIR) throw new RangeError("row of weights ends early");
      return new Uint16Array(content.buffer);
    }),
  ),
  described,
);
