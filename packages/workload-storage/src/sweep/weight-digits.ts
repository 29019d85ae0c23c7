import { P } from "./field.ts";
import { ROW_BYTES } from "./rows.ts";

const HALVES = ROW_BYTES / 2;
const DIGITS = 12;
const DIGIT_BITS = 11;
/** Halves in a vector register. */
const LANES = 8;
const DIGITS_BYTES = DIGITS * ROW_BYTES;
/** Bytes of a period's weights as the tag kernel reads them. */
export const WEIGHTS_BYTES = DIGITS_BYTES + 16;
/** What the kernel adds to each digit's sum to keep it positive. */
const BIAS = 2n ** 38n;
/** What turning the sign bit over takes from each half. */
const CENTRE = 2n ** 15n;

/**
 * A period's weights in the kernel's form: the weight of every half word as twelve digits in base 2^11, from
 * -1023 to 1024, then the constant that makes up for centring and bias. Secret, as the weights are.
 */
export function weightDigits(weights: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(WEIGHTS_BYTES);
  const view = new DataView(bytes.buffer);
  let constant = 0n;
  for (let half = 0; half < HALVES; half += 1) {
    const weight = ((weights[Math.floor(half / 6)] ?? 0n) << BigInt(16 * (half % 6))) % P;
    constant += CENTRE * weight;
    const lane = 16 * DIGITS * Math.floor(half / LANES) + 2 * (half % LANES);
    let rest = weight;
    for (let digit = 0; digit < DIGITS; digit += 1) {
      let value = Number(rest & 0x7ffn);
      rest >>= 11n;
      if (value > 1024) {
        value -= 2048;
        rest += 1n;
      }
      view.setInt16(lane + 16 * digit, value, true);
    }
  }
  for (let digit = 0; digit < DIGITS; digit += 1) constant -= BIAS << BigInt(DIGIT_BITS * digit);
  constant = ((constant % P) + P) % P;
  view.setBigUint64(DIGITS_BYTES, BigInt.asUintN(64, constant), true);
  view.setBigUint64(DIGITS_BYTES + 8, constant >> 64n, true);
  return bytes;
}
