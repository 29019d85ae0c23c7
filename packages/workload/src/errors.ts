import type { ErrorEntry } from "@neurond/primitives";

/**
 * Every code this package throws. What a miner does wrong is never one of them:
 * it is an outcome.
 */
export const WORKLOAD_ERRORS = {
  CONFORMANCE_BROKEN: {
    cause: "a workload breaks a rule that every workload keeps",
    remedy: "correct the function which the message names; the context holds the case",
  },
  WORKLOAD_NAME_INVALID: {
    cause: "a name does not say which workload it is and in which version",
    remedy: "write name and version like storage/1",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type WorkloadCode = keyof typeof WORKLOAD_ERRORS;
