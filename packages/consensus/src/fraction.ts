import { CodedError } from "@neurond/primitives";
import type { ConsensusCode } from "./errors.ts";

/** A share as two integers, compared by cross-multiplication. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const HALF: Fraction = { numerator: 1n, denominator: 2n };

const RATIO = /^(\d{1,18})\/(\d{1,18})$/;
const DECIMAL = /^(\d{1,3})(?:\.(\d{1,18}))?$/;

/** Reads `2/3` or `0.667`; from 0 to below 1, because more than all of the stake cannot be heard. */
export function parseFraction(text: string): Fraction {
  const fraction = readRatio(text) ?? readDecimal(text);
  if (fraction !== null && fraction.numerator < fraction.denominator) return fraction;
  throw new CodedError<ConsensusCode>(
    "FRACTION_INVALID",
    `"${text}" is not a share: write it like 2/3 or 0.667, below 1`,
  );
}

/** Whether `part` is strictly more than the fraction of `whole`. */
export function exceeds(part: bigint, whole: bigint, { numerator, denominator }: Fraction) {
  return part * denominator > whole * numerator;
}

function readRatio(text: string): Fraction | null {
  const [, numerator, denominator] = RATIO.exec(text) ?? [];
  if (numerator === undefined || denominator === undefined) return null;
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

function readDecimal(text: string): Fraction | null {
  const [, whole, decimals = ""] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return null;
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}
