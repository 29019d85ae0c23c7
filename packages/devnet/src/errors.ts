import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const DEVNET_ERRORS = {
  EXTRINSIC_INVALID: {
    cause: "the bytes of an extrinsic do not decode",
    remedy: "encode it with this chain's metadata",
  },
  OPTION_INVALID: {
    cause: "an option of the chain lies outside its range",
    remedy: "give a value within the range that the message names",
  },
  PORT_IN_USE: {
    cause: "another program listens on the port",
    remedy: "stop what uses it, or choose another port",
  },
  REORG_TOO_DEEP: {
    cause: "more blocks were to be replaced than are not final",
    remedy: "start the chain with a larger finality lag, or replace fewer blocks",
  },
  STATE_FILE_CORRUPT: {
    cause: "the state file is no chain of this devnet, or was damaged before its last line",
    remedy: "restore it from a copy, or delete it to begin anew",
  },
  STATE_FILE_IN_USE: {
    cause: "another process keeps its chain in that file",
    remedy: "stop that process or choose another file",
  },
  STATE_FILE_UNREADABLE: {
    cause: "the state file, or the lock beside it, cannot be opened",
    remedy: "check that its directory exists and is writable",
  },
  TIME_PAST: {
    cause: "the chain was asked for a block no later than its last one",
    remedy: "give a time after that of the best block",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type DevnetCode = keyof typeof DEVNET_ERRORS;
