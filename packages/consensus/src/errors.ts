import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What a peer does wrong is never one of them: it is data. */
export const CONSENSUS_ERRORS = {
  FRACTION_INVALID: {
    cause: "a text is not a share of the stake",
    remedy: "write it like 2/3 or 0.667, below 1",
  },
  VOTES_INVALID: {
    cause: "votes and stakes do not form a matrix, or one lies outside its range",
    remedy: "give every validator one vote in millionths per miner and a stake of 64 bits",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type ConsensusCode = keyof typeof CONSENSUS_ERRORS;
