import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. What an audit finds is never one of them: it is a value. */
export const INCENTIVE_ERRORS = {
  DUPLICATE_MEMBER: {
    cause: "a snapshot of the metagraph names a hotkey or a uid twice",
    remedy: "read the snapshot at one block and give it as it is",
  },
  PARAMS_UNDATED: {
    cause: "no parameters are known for the moment that is to be scored",
    remedy: "add an entry to the table that starts at or before the moment in the message",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type IncentiveCode = keyof typeof INCENTIVE_ERRORS;
