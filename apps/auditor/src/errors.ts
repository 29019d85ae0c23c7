import type { ErrorEntry } from "@neurond/primitives";

/** Every code this app throws. */
export const AUDITOR_ERRORS = {
  FINDING_UNKNOWN: {
    cause: "no finding has the name that was asked for",
    remedy: "take a name from /v1/findings",
  },
  SCORES_MISSING: {
    cause: "no hour of this validator's exports is verified yet, so nothing is scored",
    remedy: "see /v1/validators and the findings; wait for the first verified hour",
  },
  VALIDATOR_UNKNOWN: {
    cause: "no validator of the configured list has this name or hotkey",
    remedy: "take one from /v1/validators",
  },
  RUN_UNKNOWN: {
    cause: "the run has not been audited here, or was skipped after a pause",
    remedy: "take a run from /v1/runs",
  },
  STATEMENT_UNKNOWN: {
    cause: "no signed statement has the number that was asked for",
    remedy: "take a number from /v1/statements",
  },
  STATEMENT_CONFLICT: {
    cause: "the place of the next signed statement is taken: two auditors write to one directory",
    remedy: "stop one of them, or give each a statements.directory of its own",
  },
  PROOF_REFUSED: {
    cause: "what was handed in shows no wrong tag of a validator that is audited here",
    remedy: "check it with neurond audit bad-tag; send it to an auditor of its subnet",
  },
  PROOFS_FULL: {
    cause: "as many proofs against that validator as are kept wait to be looked at",
    remedy: "hand it in again after the next run",
  },
  WEIGHTS_KEY_MISSING: {
    cause: "weights are to be set from audited data, and no hotkey is given to sign them",
    remedy: "set wallet.name or BT_HOTKEY_FILE, or set set_weights.enabled to false",
  },
  WEIGHTS_KEY_INVALID: {
    cause: "the seed in set_weights is none, or the key that signs is not the address beside it",
    remedy: "correct set_weights.ss58_address, or name the right wallet",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this app throws. */
export type AuditorCode = keyof typeof AUDITOR_ERRORS;

/** The HTTP status of each code a route may throw. */
export const HTTP_STATUS: Readonly<Record<AuditorCode, number>> = {
  FINDING_UNKNOWN: 404,
  SCORES_MISSING: 404,
  VALIDATOR_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  STATEMENT_UNKNOWN: 404,
  STATEMENT_CONFLICT: 500,
  PROOF_REFUSED: 422,
  PROOFS_FULL: 503,
  WEIGHTS_KEY_MISSING: 500,
  WEIGHTS_KEY_INVALID: 500,
};
