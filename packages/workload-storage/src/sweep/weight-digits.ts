import { P, writeElement } from "./field.ts";
import { ROW_BYTES } from "./rows.ts";

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

/** What a sector's weight is multiplied with when its six halves are all 2^15. */
const CENTRED = Array.from({ length: 6 }, (_, half) => CENTRE << BigInt(16 * half)).reduce(
  (sum, part) => sum + part,
);

/**
 * A period's weights in the kernel's form: the weight of every half word as twelve digits in base
 * 2^11, from -1023 to 1024, then the constant that makes up for centring and bias. Secret, as the
 * weights are.
 */
export function weightDigits(weights: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(WEIGHTS_BYTES);
  const digits = new Int16Array(bytes.buffer, 0, DIGITS_BYTES / 2);
  const doubled = new Uint32Array(8);
  let constant = 0n;
  for (const [sector, weight] of weights.entries()) {
    constant += CENTRED * weight;
    doubleBits(doubled, weight);
    for (let half = 0; half < 6; half += 1)
      writeDigits(digits, 6 * sector + half, doubled, 16 * half);
  }
  for (let digit = 0; digit < DIGITS; digit += 1) constant -= BIAS << BigInt(DIGIT_BITS * digit);
  writeElement(bytes, DIGITS_BYTES, ((constant % P) + P) % P);
  return bytes;
}

/** The 127 bits of a weight twice in a row, so that turning it is reading from another bit on. */
function doubleBits(into: Uint32Array, weight: bigint): void {
  const words = [0, 32, 64, 96].map((at) => Number(BigInt.asUintN(32, weight >> BigInt(at))));
  const [a = 0, b = 0, c = 0, d = 0] = words;
  into.set([a, b, c, d | (a << 31)]);
  into.set([(a >>> 1) | (b << 31), (b >>> 1) | (c << 31), (c >>> 1) | (d << 31), d >>> 1], 4);
}

/** The digits of weight * 2^shift: mod 2^127 - 1 that is the weight with its bits turned. */
function writeDigits(into: Int16Array, half: number, doubled: Uint32Array, shift: number): void {
  let at = DIGITS * LANES * Math.floor(half / LANES) + (half % LANES);
  let carry = 0;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const bit = (DIGIT_BITS * digit + 127 - shift) % 127;
    const [word, offset] = [bit >>> 5, bit & 31];
    // Two shifts, because one by 32 does nothing.
    const above = ((doubled[word + 1] ?? 0) << 1) << (31 - offset);
    // The last digit is what remains of 127 bits.
    const mask = digit === DIGITS - 1 ? 0x3f : 0x7ff;
    const value = ((((doubled[word] ?? 0) >>> offset) | above) & mask) + carry;
    // 1 above 1024, without a branch: digits are secret.
    carry = (1024 - value) >>> 31;
    into[at] = value - 2048 * carry;
    at += LANES;
  }
}
