import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. A sender turned away is never one of them: it is an `Admission`. */
export const ADMISSION_ERRORS = {
  LIMIT_INVALID: {
    cause: "a rate, a burst or a quota lies outside its range",
    remedy: "give whole numbers within the range that the message names",
  },
  SUBNET_UNREADABLE: {
    cause:
      "what another process published of the subnet is not of this version, or of another subnet",
    remedy: "run one version behind one Redis, and give each subnet a prefix of its own",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type AdmissionErrorCode = keyof typeof ADMISSION_ERRORS;

/** The error of a limit that cannot be. */
export function limitInvalid(reason: string): CodedError<AdmissionErrorCode> {
  return new CodedError("LIMIT_INVALID", `no such limit: ${reason}`);
}
