import { CodedError, type ErrorEntry, isAbort } from "@neurond/primitives";

/** What was wrong with the command line, the config file or an input. */
export const USAGE_ERRORS = {
  CONFIG_INVALID: {
    cause: "the config file cannot be read, or holds what no option takes",
    remedy: "correct the line or key which the message names",
  },
  INPUT_INVALID: {
    cause: "a file or standard input does not hold what the command reads",
    remedy: "correct what the message names",
  },
  USAGE: {
    cause: "there is no such command or option, or its value cannot be",
    remedy: "see the command's --help",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of what was wrong with the command line, the config file or an input. */
export type UsageCode = keyof typeof USAGE_ERRORS;

/** How a command ends that was stopped, found no room, or has a fault of its own. */
export const ENDING_ERRORS = {
  INTERRUPTED: {
    cause: "the command was stopped by a signal",
    remedy: "run it again; after a write, look its effect up on chain first",
  },
  DISK_FULL: {
    cause: "the disk, or the share of it that the user may take, is full",
    remedy: "make room and run it again; a transfer goes on where it was",
  },
  BUG: {
    cause: "the program failed in a way nobody foresaw",
    remedy: "report the message and what was run",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Exit codes of `neurond`, with what each means. */
export const EXIT_CODES = {
  0: "done",
  1: "failed, or the outcome is a refusal (a signature that does not verify, an extrinsic rejected)",
  2: "bad usage or bad input",
  3: "the chain or a validator could not be reached, or did not answer in time",
  4: "a problem with a key, wallet or password",
  5: "an audit is incomplete: hours are missing, or could not be fetched or verified",
  130: "interrupted",
} as const;

/** One of the documented exit codes. */
export type ExitCode = keyof typeof EXIT_CODES;

const BAD_INPUT = [
  "USAGE",
  "CONFIG_INVALID",
  "INPUT_INVALID",
  "AMOUNT_INVALID",
  "CA_INVALID",
  "HEX_INVALID",
  "ID_OUT_OF_RANGE",
  "SECRET_URI_INVALID",
  "SS58_INVALID",
  "NETWORK_UNKNOWN",
  "OPTION_INVALID",
  "ENDPOINT_INVALID",
  "ENTRY_INVALID",
  "EVENT_TOO_LARGE",
  "PROXY_TOKEN_MISSING",
  "FOLDER_INVALID",
  "SUBNET_NOT_FOUND",
  "MECHANISM_NOT_FOUND",
];

const UNREACHABLE = [
  "ENDPOINT_UNREACHABLE",
  "ENDPOINT_WRONG_CHAIN",
  "ENDPOINTS_EXHAUSTED",
  "CONNECTION_LOST",
  "CONNECTION_STALLED",
  "DEADLINE_EXCEEDED",
  "PROXY_UNREACHABLE",
  "PROOF_UNAVAILABLE",
  "RPC_LIMITED",
  "RPC_MALFORMED",
  "SOURCE_UNREACHABLE",
  "SOURCE_REFUSED",
  "SOURCE_MISSING",
  "BODY_TOO_LARGE",
  "BODY_TOO_SLOW",
  "ADDRESS_PRIVATE",
  "VALIDATOR_MISSING",
  "VALIDATOR_UNREACHABLE",
];

/** What is printed of a failure. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

/** A failure in the user's words: coded errors as they are, a full disk, anything else as a bug. */
export function failureOf(error: unknown): Failure {
  // The command's own failure tells more than the trouble that cleaning up after it had.
  if (error instanceof SuppressedError) return failureOf(error.suppressed);
  if (isAbort(error)) return { code: "INTERRUPTED", message: "interrupted", context: {} };
  if (error instanceof CodedError) {
    const { code, message, context } = error;
    return { code, message, context };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error))
    return { code: "DISK_FULL", message: `${message}: make room`, context: {} };
  return { code: "BUG", message: message.replaceAll("\n", " "), context: {} };
}

/** Of the operating system's errors the one that says nothing of a fault of ours. */
function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return error.code === "ENOSPC" || error.code === "EDQUOT";
}

/** The exit code a failure ends the process with. */
export async function exitCodeOf({ code }: Failure): Promise<ExitCode> {
  if (code === "INTERRUPTED" || code === "PROMPT_INTERRUPTED") return 130;
  if (BAD_INPUT.includes(code)) return 2;
  if (UNREACHABLE.includes(code)) return 3;
  const { isWalletCode } = await import("@neurond/chain/wallet");
  return isWalletCode(code) ? 4 : 1;
}
