/** Codes that this package throws. */
export type DevnetCode =
  | "EXTRINSIC_INVALID"
  | "OPTION_INVALID"
  | "PORT_IN_USE"
  | "REORG_TOO_DEEP"
  | "STATE_FILE_CORRUPT"
  | "STATE_FILE_IN_USE"
  | "STATE_FILE_UNREADABLE"
  | "TIME_PAST";
