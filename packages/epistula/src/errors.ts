import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. A refused request is never one of them: it is a `Refusal`. */
export const EPISTULA_ERRORS = {
  DIGEST_INVALID: {
    cause: "what was given as the hash of a body has not the length of SHA-256",
    remedy: "give the hash of the body, not the body",
  },
  POLICY_INVALID: {
    cause: "the options of a policy contradict each other or lie outside their range",
    remedy: "correct the option which the message names",
  },
  REPLAY_FULL: {
    cause: "the memory for nonces is full of live ones",
    remedy: "limit requests before they are verified, or raise maxKeys",
  },
  REPLAY_OUTAGE: {
    cause: "the shared memory of nonces is out, and the door is set to fail closed",
    remedy: "bring Redis back, or let the door fall back to the memory of its process",
  },
  REPLAY_RETENTION_SHORT: {
    cause: "nonces would be forgotten while their requests are still valid",
    remedy: "keep nonces at least as long as the message says",
  },
  SIGN_INPUT_INVALID: {
    cause: "what is to be signed holds something that cannot stand in a header or payload",
    remedy: "correct the part which the message names",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type EpistulaCode = keyof typeof EPISTULA_ERRORS;
