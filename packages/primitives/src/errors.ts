/** Codes this package throws. */
export type PrimitivesCode =
  | "AMOUNT_INVALID"
  | "CANONICAL_INVALID"
  | "EPOCH_NEVER"
  | "HEX_INVALID"
  | "ID_OUT_OF_RANGE"
  | "RUN_ID_INVALID"
  | "SS58_INVALID"
  | "WEIGHT_NEGATIVE";

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
