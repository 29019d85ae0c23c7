/** What an error code means and what to do about it; docs/errors.md is made of these. */
export interface ErrorEntry {
  readonly cause: string;
  readonly remedy: string;
}

/** Every code this package throws. */
export const PRIMITIVES_ERRORS = {
  AMOUNT_INVALID: {
    cause: "a text is no amount of TAO, or an amount lies outside its range",
    remedy: "write it like 1.5, not negative, with at most nine decimals",
  },
  CANONICAL_INVALID: {
    cause: "a value has no canonical JSON: it holds a fraction, undefined or a broken string",
    remedy: "give integers, strings, lists and plain records only",
  },
  EPOCH_NEVER: {
    cause: "the subnet has tempo 0 and runs no epochs, so nothing would be revealed",
    remedy: "check the netuid; wait until its owner gives it a tempo",
  },
  HEX_INVALID: {
    cause: "a text is not hexadecimal bytes",
    remedy: "write 0x and two digits for each byte",
  },
  ID_OUT_OF_RANGE: {
    cause: "a uid, netuid, mecid, block or run length lies outside its range",
    remedy: "give an integer within the range that the message names",
  },
  RUN_ID_INVALID: {
    cause: "a text cannot be the id of a run",
    remedy: "give 1 to 47 of A-Z a-z 0-9 . _ -",
  },
  SS58_INVALID: {
    cause: "a text is no ss58 address: a character, its length or its checksum is wrong",
    remedy: "copy the whole address again",
  },
  WEIGHT_NEGATIVE: {
    cause: "a score below zero was to become a weight",
    remedy: "correct the scoring rule: the lowest score is zero",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type PrimitivesCode = keyof typeof PRIMITIVES_ERRORS;

/** An error that names its kind by `code`, keeps details as data and its cause. */
export class CodedError<Code extends string = string> extends Error {
  override readonly name = "CodedError";
  readonly code: Code;
  readonly context: Readonly<Record<string, unknown>>;

  /** `message` is one line: what failed, on what, what to do. Never put a secret in it or in `context`. */
  constructor(
    code: Code,
    message: string,
    context: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.context = context;
  }
}

/** Whether `error` is a `CodedError` with one of `codes`, or with any code when none is given. */
export function isCoded<Code extends string>(
  error: unknown,
  ...codes: readonly Code[]
): error is CodedError<Code> {
  if (!(error instanceof CodedError)) return false;
  return codes.length === 0 || codes.some((code) => code === error.code);
}

/** Whether `error` is the rejection of an aborted signal; a deadline (`TimeoutError`) is not an abort. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
