import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What is wrong with a validator's record is never one of them: it is a finding. */
export const AUDIT_ERRORS = {
  RULES_INVALID: {
    cause: "the rules of a subnet contradict each other, or are no rules at all",
    remedy: "copy the run section of the subnet's validators",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type AuditCode = keyof typeof AUDIT_ERRORS;
