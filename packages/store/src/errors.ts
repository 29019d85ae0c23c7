import { CodedError } from "@neurond/primitives";

/** Every way the stores can fail: what it means, what to do, and when the same call may succeed. */
export const STORE_ERRORS = {
  DATABASE_ADDRESS_INVALID: {
    cause: "the database URL, or the name of the schema, cannot be used",
    remedy: "give postgres://user:password@host:port/database and a schema of a-z 0-9 _",
    retry: "never",
  },
  DATABASE_UNREACHABLE: {
    cause: "no connection to Postgres could be opened",
    remedy: "check that the server runs and that host, port and network are right",
    retry: "later",
  },
  DATABASE_REFUSED: {
    cause: "Postgres refused the login, or the right to create a schema",
    remedy: "correct user, password and database; grant CREATE on the database",
    retry: "never",
  },
  DATABASE_LOST: {
    cause:
      "the connection ended before the answer; what was being written may or may not be stored",
    remedy: "none: the next call connects anew; look up what was written before writing it again",
    retry: "later",
  },
  DATABASE_BUSY: {
    cause: "Postgres has no connection left, or gave up a statement to a deadlock or a deadline",
    remedy: "raise max_connections of the server, or lower the size of the pools",
    retry: "later",
  },
  DATABASE_DISK_FULL: {
    cause: "the disk of the database is full",
    remedy: "free space on it; nothing that was acknowledged is lost",
    retry: "later",
  },
  DATABASE_TOO_NEW: {
    cause: "the schema was migrated by a newer version of this software",
    remedy: "run that version, or restore a backup made before it",
    retry: "never",
  },
  DATABASE_DIRECTORY_UNUSABLE: {
    cause: "the directory of the embedded database cannot be written, or belongs to another user",
    remedy: "give a directory of this user, or set DATABASE_URL",
    retry: "never",
  },
  DATABASE_PLATFORM_UNSUPPORTED: {
    cause: "there is no embedded Postgres for this machine, or it was not installed",
    remedy: "set DATABASE_URL to a Postgres 14 or newer",
    retry: "never",
  },
  DATABASE_USER_UNSUITABLE: {
    cause: "Postgres refuses to run as root or as a user without an entry in /etc/passwd",
    remedy: "run as an ordinary user, add such an entry, or set DATABASE_URL",
    retry: "never",
  },
  DATABASE_KEY_LOST: {
    cause: "the directory holds a database but not the file with its password",
    remedy: "restore server.json beside it, or move the directory away to begin anew",
    retry: "never",
  },
  DATABASE_START_FAILED: {
    cause:
      "the embedded Postgres ended, or was not ready in time; its last words are in the context",
    remedy: "read server.log in its directory",
    retry: "never",
  },
  LOG_ENTRY_UNREADABLE: {
    cause: "a text given to the log is not an entry of it",
    remedy: "append through `Log`, which encodes",
    retry: "never",
  },
  OBSERVATION_REPEATED: {
    cause: "the task was settled before: the run already holds its outcome",
    remedy: "ask for what is recorded before asking a miner again",
    retry: "never",
  },
  WRITER_HELD: {
    cause: "another process holds the lock of a single writer",
    remedy: "stop the other instance, or let this one wait for it",
    retry: "later",
  },
  WRITER_LOST: {
    cause: "the connection that held the lock of a single writer ended",
    remedy: "stop writing at once and take the lock again",
    retry: "later",
  },
  REDIS_ADDRESS_INVALID: {
    cause: "the Redis URL cannot be used",
    remedy: "give redis://user:password@host:port/db or rediss://",
    retry: "never",
  },
  REDIS_UNREACHABLE: {
    cause: "Redis did not answer in time or cannot be connected to",
    remedy: "check that it runs; without REDIS_URL a single process keeps nonces in its own memory",
    retry: "later",
  },
  REDIS_REFUSED: {
    cause: "Redis answered with an error: wrong password, read-only replica, out of memory",
    remedy: "read its words in the message",
    retry: "never",
  },
} as const satisfies Record<string, { cause: string; remedy: string; retry: Retry }>;

/** When the same call may succeed. */
export type Retry = "later" | "never";

/** Codes this package throws. */
export type StoreCode = keyof typeof STORE_ERRORS;

/** A failure of a store or of the way to it. Never put a URL with its password in it. */
export function storeError(
  code: StoreCode,
  message: string,
  context: Record<string, unknown> = {},
  cause?: unknown,
): CodedError<StoreCode> {
  return new CodedError<StoreCode>(code, message, context, cause === undefined ? {} : { cause });
}

/** Whether waiting helps after this error; the one place that decides. */
export function isTemporary(error: unknown): boolean {
  if (!(error instanceof CodedError)) return false;
  const code: string = error.code;
  return Object.hasOwn(STORE_ERRORS, code) && STORE_ERRORS[code as StoreCode].retry === "later";
}

/** The `code` of a system or Postgres error; undefined when it has none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
