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
} as const satisfies Record<string, ErrorEntry>;

/** Codes this app throws. */
export type AuditorCode = keyof typeof AUDITOR_ERRORS;

/** The HTTP status of each code a route may throw. */
export const HTTP_STATUS: Readonly<Record<AuditorCode, number>> = {
  FINDING_UNKNOWN: 404,
  SCORES_MISSING: 404,
  VALIDATOR_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
};
