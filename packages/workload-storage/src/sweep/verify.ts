import type { Entries } from "../entry-list.ts";
import type { AnswerReason } from "../errors.ts";
import { decodeSweepAnswer, type SweepSums } from "./answer.ts";
import { coefficientKey, coefficientsAt } from "./coefficients.ts";
import { P } from "./field.ts";
import { maskKey, masksAt, weightsOf } from "./keys.ts";
import { type KeystreamAt, keystreamAt } from "./keystream.ts";
import { numberRows, type Swept } from "./list.ts";
import { rowsOf } from "./rows.ts";
import { type ValueSum, valueSum } from "./value-sum.ts";

/** What a sweep asked, and what came. */
export interface SweepClaim {
  readonly seed: Uint8Array;
  /** Ascending indices into `entries`; see `sweepList`. */
  readonly list: readonly number[];
  /** All entries of the signed inventory. */
  readonly entries: Entries;
  readonly answer: Uint8Array;
}

export interface SweepVerifyOptions {
  readonly stream?: KeystreamAt;
  /** A fresh sum; with SIMD where there is some unless given. */
  readonly sum?: () => ValueSum;
}

/** Rows whose masks and coefficients are made at once. */
const STEP_ROWS = 65_536;

/**
 * Why an answer proves nothing, or null when it proves that its maker has every row of the listed
 * shards but the conceded ones. Needs the miner's key of the period and no data. Nothing a peer sent
 * makes it throw.
 */
export function verifySweep(
  claim: SweepClaim,
  key: Uint8Array,
  options: SweepVerifyOptions = {},
): AnswerReason | null {
  const { stream = keystreamAt, sum: newSum = valueSum } = options;
  const answer = decodeSweepAnswer(claim.answer, claim.list);
  if (typeof answer === "string") return answer;
  const { absent, sums } = answer;
  const coefficients = coefficientKey(claim.seed, absent);
  const gone = new Set(absent);
  const masked = newSum();
  for (const swept of numberRows(claim.list, claim.entries)) {
    if (!gone.has(swept.index)) addMasks(masked, swept, { coefficients, key, stream });
  }
  const expected = (masked.take() + weighted(sums, weightsOf(key, stream))) % P;
  return expected === sums.tag ? null : "MAC_MISMATCH";
}

interface Keys {
  readonly coefficients: Uint8Array;
  readonly key: Uint8Array;
  readonly stream: KeystreamAt;
}

function addMasks(sum: ValueSum, { entry, firstRow }: Swept, keys: Keys): void {
  const masks = maskKey(keys.key, entry);
  const rows = rowsOf(entry.size);
  for (let from = 0; from < rows; from += STEP_ROWS) {
    const count = Math.min(STEP_ROWS, rows - from);
    sum.add(
      masksAt(masks, { from, rows: count }, keys.stream),
      coefficientsAt(keys.coefficients, { from: firstRow + from, rows: count }, keys.stream),
    );
  }
}

function weighted({ columns }: SweepSums, weights: readonly bigint[]): bigint {
  return columns.reduce((sum, column, sector) => sum + column * (weights[sector] ?? 0n), 0n);
}
