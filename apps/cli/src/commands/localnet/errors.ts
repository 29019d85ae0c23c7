import { CodedError } from "@neurond/primitives";

/** Why a localnet could not be run, with what to do about it. */
export const LOCALNET_ERRORS = {
  DAEMON_FAILED: {
    cause: "a daemon ended, or was not ready in time, when it was started first",
    remedy: "read the log that the message names",
  },
  LOCALNET_DIFFERS: {
    cause:
      "the directory holds a localnet that was founded with other options, or by another version",
    remedy: "give the same options, begin anew with --fresh, or choose another --directory",
  },
  LOCALNET_RUNNING: {
    cause: "another localnet lives in the directory",
    remedy: "stop it, or choose another --directory",
  },
  NO_WRITE_PERMISSION: {
    cause: "the system does not let this user write the directory",
    remedy: "change its owner, or choose another --directory",
  },
  NOT_A_CHECKOUT: {
    cause: "the daemons' programs are not beside this one",
    remedy: "run localnet in a checkout of the whole repository",
  },
  STORY_STUCK: {
    cause: "the file could not be stored or fetched, or somebody's axon never came on chain",
    remedy: "read the message, then the logs of those it names",
  },
} as const satisfies Record<string, { readonly cause: string; readonly remedy: string }>;

/** Codes of `neurond localnet`. */
export type LocalnetCode = keyof typeof LOCALNET_ERRORS;

/** One line: what failed, on what, what to do. */
export function localnetError(
  code: LocalnetCode,
  message: string,
  context: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CodedError<LocalnetCode> {
  return new CodedError(code, message, context, cause === undefined ? undefined : { cause });
}
