import type { ErrorEntry } from "@neurond/primitives";

/** Every code of `neurond proof`. */
export const PROOF_COMMAND_ERRORS = {
  PROOF_UNAVAILABLE: {
    cause: "the validator does not serve the proof, or the report or table it rests on",
    remedy: "check --url and the id; tables and their proofs are kept for about a week",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes these commands throw. */
export type ProofCommandCode = keyof typeof PROOF_COMMAND_ERRORS;
