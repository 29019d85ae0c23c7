import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What is wrong with a validator's record is never one of them: it is a finding. */
export const AUDIT_ERRORS = {
  RULES_INVALID: {
    cause: "the rules of a subnet contradict each other, or are no rules at all",
    remedy: "copy the run section of the subnet's validators",
  },
  LOG_WITHDRAWN: {
    cause: "a validator does not serve entries of its log that it served before, or serves others",
    remedy: "its operator restores the database; the period is looked at again with a later run",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type AuditCode = keyof typeof AUDIT_ERRORS;
