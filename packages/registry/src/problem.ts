/** What is wrong with an entry; the name is for programs. */
export type EntryProblemCode =
  | "ADDRESS_MISSING"
  | "ADDRESS_TOO_LONG"
  | "ADDRESS_INVALID"
  | "PORT_MISSING"
  | "PORT_INVALID"
  | "PORT_ZERO"
  | "ENTRY_TOO_LONG"
  | "ENTRY_UNPRINTABLE";

/** What is wrong with an entry, in one line. */
export interface EntryProblem {
  readonly code: EntryProblemCode;
  readonly message: string;
}

/** Scripts look for the beginnings of these messages, as the Python tool prints them. */
const MESSAGES: Readonly<Record<EntryProblemCode, string>> = {
  ADDRESS_MISSING: "Address is missing",
  ADDRESS_TOO_LONG: "Address exceeds maximum length",
  ADDRESS_INVALID: "Address is neither an IP address nor a host name",
  PORT_MISSING: "Port is missing: an entry is address:port",
  PORT_INVALID: "Port must be between 0 and 65535",
  PORT_ZERO: "Port must be between 0 and 65535, and nobody can be reached at 0",
  ENTRY_TOO_LONG: "Commit string length exceeds maximum",
  ENTRY_UNPRINTABLE: "Entry holds bytes that are no printable ASCII",
};

/** A problem with its message, and where it helps with what was found. */
export function problem(code: EntryProblemCode, found?: string): EntryProblem {
  const message = MESSAGES[code];
  return { code, message: found === undefined ? message : `${message}: ${found}` };
}
