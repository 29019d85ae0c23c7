import { CodedError } from "@neurond/primitives";

/** Why a localnet could not be run. */
export type LocalnetCode =
  /** The daemons' programs are not beside this one. */
  | "NOT_A_CHECKOUT"
  /** Another localnet lives in the directory. */
  | "LOCALNET_RUNNING"
  /** The directory holds a localnet that was founded with other options. */
  | "LOCALNET_DIFFERS"
  | "NO_WRITE_PERMISSION"
  /** A daemon was not ready in time, or ended again and again. */
  | "DAEMON_FAILED"
  /** The story could not go on within its deadline. */
  | "STORY_STUCK";

/** One line: what failed, on what, what to do. */
export function localnetError(
  code: LocalnetCode,
  message: string,
  context: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): CodedError<LocalnetCode> {
  return new CodedError(code, message, context, cause === undefined ? undefined : { cause });
}
