/** Codes this package throws. What a peer does wrong is never one of them: it is data. */
export type ConsensusCode = "FRACTION_INVALID" | "VOTES_INVALID" | "PHASES_INVALID";
