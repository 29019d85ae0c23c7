/** x^8 + x^4 + x^3 + x^2 + 1; 2 generates the field's multiplication. */
const POLYNOMIAL = 0x11d;
const ORDER = 255;

/** Powers of 2, twice around, so that a sum of two logarithms needs no reduction. */
const POWERS = new Uint8Array(2 * ORDER);
const LOGARITHMS = new Uint8Array(ORDER + 1);
let power = 1;
for (let exponent = 0; exponent < ORDER; exponent += 1) {
  POWERS[exponent] = power;
  POWERS[exponent + ORDER] = power;
  LOGARITHMS[power] = exponent;
  power = power & 0x80 ? (power << 1) ^ POLYNOMIAL : power << 1;
}

const logarithm = (value: number): number => LOGARITHMS[value] ?? 0;

/** The product of two elements of GF(2^8). */
export function multiply(a: number, b: number): number {
  if (a === 0 || b === 0) return 0;
  return POWERS[logarithm(a) + logarithm(b)] ?? 0;
}

/** a / b in GF(2^8); b is not zero. */
export function divide(a: number, b: number): number {
  if (b === 0) throw new RangeError("nothing is divided by zero");
  if (a === 0) return 0;
  return POWERS[logarithm(a) + ORDER - logarithm(b)] ?? 0;
}
