import { CodedError } from "@neurond/primitives";
import type { ConsensusCode } from "./errors.ts";
import { type ScaledStakes, scaleStakes } from "./scaled-stakes.ts";

/** The vote of a validator that left a miner out; it is not a zero. */
export const NO_VOTE = -1;

const MAX_SCORE = 1_000_000;
/** A score has 20 bits. Few voters look at it in three small steps, many in two large ones. */
const NARROW = { bits: 7, top: 14 };
const WIDE = { bits: 10, top: 10 };
const FEW_VOTERS = 1024;

/**
 * Finds weighted medians by radix selection: stakes are added up by the top digit of their votes, the
 * digit at which half of the stake is reached is the median's, and only its voters are looked at
 * again. Memory is taken once and used for every miner.
 */
export class Selection {
  readonly #stakes: readonly bigint[];
  readonly #scaled: ScaledStakes;
  readonly #bits: number;
  readonly #top: number;
  readonly #mask: number;
  /** Stake by digit. NO_VOTE falls into the last bin of the top digit, which no score reaches. */
  readonly #bins: Float64Array;
  /** Voters whose votes share the digits found so far. */
  readonly #left: Int32Array;
  /** Scaled stake that voted. */
  #whole = 0;
  /** What scaling cut off from it. */
  #cut = 0;
  /** Scaled stake below the digits found so far. */
  #below = 0;

  /** Takes the validators' stakes in rao, in the order of their votes. */
  constructor(stakes: readonly bigint[]) {
    const { bits, top } = stakes.length < FEW_VOTERS ? NARROW : WIDE;
    this.#stakes = stakes;
    this.#scaled = scaleStakes(stakes);
    this.#bits = bits;
    this.#top = top;
    this.#mask = 2 ** bits - 1;
    this.#bins = new Float64Array(2 ** bits);
    this.#left = new Int32Array(stakes.length);
  }

  /** The lower weighted median of one miner's votes; NO_VOTE when nobody with stake voted. */
  median(votes: Int32Array): number {
    this.#addTop(votes);
    if (this.#whole === 0 && this.#cut === 0) return NO_VOTE;
    this.#below = 0;
    let median = this.#findDigit();
    if (median === null) return this.#exactMedian(votes);
    let left = this.#keepTop(votes, median);
    for (let shift = this.#top - this.#bits; shift >= 0; shift -= this.#bits) {
      this.#addDigit(votes, left, shift);
      const digit = this.#findDigit();
      if (digit === null) return this.#exactMedian(votes);
      median = (median << this.#bits) | digit;
      if (shift > 0) left = this.#keepDigit(votes, left, shift, digit);
    }
    return median;
  }

  /** Stake in rao behind the votes of the last median. */
  covered(): bigint {
    return (BigInt(this.#whole) << BigInt(this.#scaled.shift)) + BigInt(this.#cut);
  }

  #addTop(votes: Int32Array): void {
    const bins = this.#bins.fill(0);
    const { high, low } = this.#scaled;
    addStakes(votes, high, bins, this.#top);
    let whole = 0;
    for (let bin = 0; bin < bins.length - 1; bin += 1) whole += bins[bin] as number;
    this.#whole = whole;
    this.#cut = low === null ? 0 : sumVoted(votes, low);
  }

  #addDigit(votes: Int32Array, left: number, shift: number): void {
    const bins = this.#bins.fill(0);
    const voters = this.#left;
    const { high } = this.#scaled;
    const mask = this.#mask;
    for (let place = 0; place < left; place += 1) {
      const voter = voters[place] as number;
      const bin = ((votes[voter] as number) >> shift) & mask;
      bins[bin] = (bins[bin] as number) + (high[voter] as number);
    }
  }

  /**
   * The first digit at which what lies below, with the digit's own stake, is half of the whole.
   * Stakes that were cut leave a margin: null when the answer lies inside it.
   */
  #findDigit(): number | null {
    const bins = this.#bins;
    const whole = this.#whole;
    const margin = this.#cut * 2 ** -this.#scaled.shift;
    let below = this.#below;
    for (let digit = 0; digit < bins.length; digit += 1) {
      const sum = below + (bins[digit] as number);
      const excess = 2 * sum - whole;
      if (excess >= margin) {
        this.#below = below;
        return digit;
      }
      if (excess >= -margin) return null;
      below = sum;
    }
    return null;
  }

  #keepTop(votes: Int32Array, digit: number): number {
    const left = this.#left;
    const count = left.length;
    const top = this.#top;
    let kept = 0;
    for (let voter = 0; voter < count; voter += 1) {
      if ((votes[voter] as number) >> top !== digit) continue;
      left[kept] = voter;
      kept += 1;
    }
    return kept;
  }

  #keepDigit(votes: Int32Array, before: number, shift: number, digit: number): number {
    const left = this.#left;
    const mask = this.#mask;
    let kept = 0;
    for (let place = 0; place < before; place += 1) {
      const voter = left[place] as number;
      if ((((votes[voter] as number) >> shift) & mask) !== digit) continue;
      left[kept] = voter;
      kept += 1;
    }
    return kept;
  }

  /** The same by sorting in big integers, for the rare split that scaled stakes cannot decide. */
  #exactMedian(votes: Int32Array): number {
    const cast = this.#stakes
      .map((stake, voter) => ({ stake, vote: votes[voter] ?? NO_VOTE }))
      .filter(({ vote }) => vote !== NO_VOTE)
      .sort((a, b) => a.vote - b.vote);
    const whole = this.covered();
    let sum = 0n;
    for (const { stake, vote } of cast) {
      sum += stake;
      if (2n * sum >= whole) return vote;
    }
    return NO_VOTE;
  }
}

/** Adds each voter's stake to the bin of its vote's top digit: the loop that takes the time. */
function addStakes(votes: Int32Array, stakes: Float64Array, bins: Float64Array, top: number): void {
  const mask = bins.length - 1;
  const count = stakes.length;
  let signs = 0;
  for (let voter = 0; voter < count; voter += 1) {
    const vote = votes[voter] as number;
    // Negative as soon as one vote is out of range; a branch here would cost half of the speed.
    signs |= (vote - NO_VOTE) | (MAX_SCORE - vote);
    const bin = (vote >> top) & mask;
    bins[bin] = (bins[bin] as number) + (stakes[voter] as number);
  }
  if (signs >= 0) return;
  const voter = votes.findIndex((vote) => vote < NO_VOTE || vote > MAX_SCORE);
  throw new CodedError<ConsensusCode>(
    "VOTES_INVALID",
    `vote ${votes[voter]} of voter ${voter} is not in millionths`,
    { voter },
  );
}

/** The sum over those who voted. NO_VOTE is all ones: its sign bit, turned round, counts it out. */
function sumVoted(votes: Int32Array, low: Float64Array): number {
  const count = low.length;
  let sum = 0;
  for (let voter = 0; voter < count; voter += 1) {
    sum += (low[voter] as number) * (((votes[voter] as number) >>> 31) ^ 1);
  }
  return sum;
}
