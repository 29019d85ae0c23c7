import { createCodec, createDecoder, u8 } from "scale-ts";
import { u8 as u8Type } from "../scale/primitives.ts";
import { defineType, type Type } from "../scale/type.ts";

/**
 * How long an extrinsic may wait: for ever (`undefined`), or for `period` blocks (a power of two,
 * 4..65536) counted from a block that is `phase` into that period. Source: sp_runtime `Era`.
 */
export type Era = { readonly period: number; readonly phase: number } | undefined;

/** Phases of long periods are stored in 4096 steps. */
const step = (period: number) => Math.max(period >> 12, 1);

const codec = createCodec<Era>(
  (era) => {
    if (!era) return Uint8Array.of(0);
    const bits = Math.min(Math.max(Math.log2(era.period) - 1, 1), 15);
    const word = bits | ((era.phase / step(era.period)) << 4);
    return Uint8Array.of(word & 255, word >> 8);
  },
  createDecoder((input) => {
    const first = u8.dec(input);
    if (first === 0) return undefined;
    const word = first | (u8.dec(input) << 8);
    const period = 2 << (word & 15);
    const phase = (word >> 4) * step(period);
    if (period < 4 || phase >= period) throw new RangeError(`no era ${word.toString(16)}`);
    return { period, phase };
  }),
);

export const era: Type<Era> = defineType(
  codec,
  () => ({
    tag: "variant",
    variants: [
      { name: "Immortal", index: 0, fields: [] },
      ...Array.from({ length: 255 }, (_, i) => ({
        name: `Mortal${i + 1}`,
        index: i + 1,
        fields: [{ type: u8Type }],
      })),
    ],
  }),
  ["sp_runtime", "generic", "era", "Era"],
);

/** The era of an extrinsic signed at `current` that may wait for `period` blocks. */
export const mortal = (period: number, current: number): NonNullable<Era> => ({
  period,
  phase: Math.floor((current % period) / step(period)) * step(period),
});

/** The block whose hash the signature covers; the extrinsic is dead from `birth + period`. */
export const birthOf = ({ period, phase }: NonNullable<Era>, current: number): number =>
  Math.floor((Math.max(current, phase) - phase) / period) * period + phase;
