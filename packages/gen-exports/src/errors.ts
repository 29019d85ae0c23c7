import { CodedError, type ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const GEN_EXPORTS_ERRORS = {
  OPTION_INVALID: {
    cause: "an option of the generator is unknown, out of range or impossible with another one",
    remedy: "correct the option which the message names",
  },
  OUT_EXISTS: {
    cause: "the folder to write the data set to is there already",
    remedy: "name another folder, or remove that one",
  },
  SEED_DEVNET_FAILED: {
    cause: "a development chain refused a commitment of a data set",
    remedy: "read the refusal in the message; generate the data set anew with this version",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type GenExportsCode = keyof typeof GEN_EXPORTS_ERRORS;

/** A coded error of this package. */
export function genError(code: GenExportsCode, message: string): CodedError<GenExportsCode> {
  return new CodedError(code, message);
}
