import { CodedError, type PrimitivesCode } from "./errors.ts";

declare const unit: unique symbol;

/** Money in the chain's smallest unit, u64; 1 TAO (or 1 alpha) is 10^9 rao. */
export type Rao = bigint & { readonly [unit]: "Rao" };

/** A share in millionths, 0 to 1_000_000. */
export type Micro = number & { readonly [unit]: "Micro" };

const DECIMALS = 9;
const RAO_PER_TAO = 10n ** BigInt(DECIMALS);
const MAX_U64 = 2n ** 64n - 1n;
const AMOUNT = /^(\d+)(?:\.(\d{1,9}))?$/;

/** Checks an amount of rao against u64. */
export function toRao(value: bigint): Rao {
  if (value >= 0n && value <= MAX_U64) return value as Rao;
  throw invalid(`${value} rao is out of range: give 0 to ${MAX_U64}`);
}

/** Reads a decimal amount of TAO such as `1.5`; no sign, exponent, or more than nine decimals. */
export function parseTao(text: string): Rao {
  const match = AMOUNT.exec(text);
  if (match === null) throw invalid(`"${text}" is not an amount of TAO: write it like 1.5`);
  const [, whole = "", fraction = ""] = match;
  return toRao(BigInt(whole) * RAO_PER_TAO + BigInt(fraction.padEnd(DECIMALS, "0")));
}

/** Writes rao as TAO with as many decimals as it needs, so that `parseTao` gives it back. */
export function formatTao(rao: Rao): string {
  const fraction = (rao % RAO_PER_TAO).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  const whole = rao / RAO_PER_TAO;
  return fraction === "" ? whole.toString() : `${whole}.${fraction}`;
}

/** Checks a share in millionths. */
export function toMicro(value: number): Micro {
  if (Number.isInteger(value) && value >= 0 && value <= 1_000_000) return value as Micro;
  throw invalid(`${value} is not a share in millionths: give an integer from 0 to 1000000`);
}

/** Divides by a positive number and rounds to the nearest integer, ties to the even one. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw invalid(`divisor ${divisor} is not positive`);
  const truncated = dividend / divisor;
  const negative = dividend % divisor < 0n;
  const floor = negative ? truncated - 1n : truncated;
  const twiceRest = 2n * (dividend - floor * divisor);
  const roundsUp = twiceRest > divisor || (twiceRest === divisor && floor % 2n !== 0n);
  return roundsUp ? floor + 1n : floor;
}

function invalid(message: string): CodedError<PrimitivesCode> {
  return new CodedError("AMOUNT_INVALID", message);
}
