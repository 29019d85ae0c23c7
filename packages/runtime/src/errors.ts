import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const RUNTIME_ERRORS = {
  ANSWER_TOO_LARGE: {
    cause: "a peer's answer is larger than the caller takes",
    remedy: "raise the limit if answers of that size are right; else distrust the peer",
  },
  ANSWER_UNPROVEN: {
    cause: "an answer is not signed by the peer that was asked, or not as it arrived",
    remedy: "distrust what lies between; ask the operator of the peer to sign answers",
  },
  CLOCK_SKEW: {
    cause: "a peer refused a request for its age, and its clock differs from ours",
    remedy:
      "synchronise the clock of this machine by NTP; if it is right, tell the peer's operator",
  },
  CONFIG_INVALID: {
    cause: "the configuration has unknown keys or values that cannot be",
    remedy: "correct every path and variable which the message names",
  },
  CONFIG_UNREADABLE: {
    cause: "the configuration file cannot be read, or is not YAML",
    remedy: "check its path, its permissions and the line which the message names",
  },
  LISTEN_FAILED: {
    cause: "the HTTP server cannot listen on its address",
    remedy: "stop what uses the port, choose another, or give the right host",
  },
  STALLED: {
    cause: "a loop of the service made no progress for too long, and the process ends",
    remedy: "none: it is restarted; if it comes again, look at what the log says before it",
  },
  VERIFY_POOL_BUSY: {
    cause: "more signatures wait to be checked than the queue holds",
    remedy: "send requests more slowly; the operator may raise the number of workers",
  },
  VERIFY_POOL_CLOSED: {
    cause: "the service is stopping and checks no more signatures",
    remedy: "ask again once it is back, or ask another one",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type RuntimeCode = keyof typeof RUNTIME_ERRORS;
