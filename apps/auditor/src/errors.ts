import type { ErrorEntry } from "@neurond/primitives";

/** Every code this app throws. */
export const AUDITOR_ERRORS = {
  FINDING_UNKNOWN: {
    cause: "no finding has the name that was asked for",
    remedy: "take a name from /v1/findings",
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
  RUN_UNKNOWN: 404,
};
