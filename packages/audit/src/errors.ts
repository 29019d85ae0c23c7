/** Codes this package throws. What is wrong with a validator's record is never one of them: it is a finding. */
export type AuditCode = "RULES_INVALID";
