import { CodedError } from "@neurond/primitives";
import { codeOf, type StoreCode, storeError } from "./errors.ts";

/** SQLSTATE classes and codes, and errors of the socket, by what they mean to a caller. */
const MEANINGS: readonly (readonly [RegExp, StoreCode])[] = [
  [
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|57P03)$/,
    "DATABASE_UNREACHABLE",
  ],
  [/^(28...|3D000|42501)$/, "DATABASE_REFUSED"],
  [/^(08...|57P0[12]|ECONNRESET|EPIPE)$/, "DATABASE_LOST"],
  [/^(53300|40P01|40001|55P03|57014)$/, "DATABASE_BUSY"],
  [/^(53100)$/, "DATABASE_DISK_FULL"],
];

/** What pg says without a code. */
const SAYINGS: readonly (readonly [RegExp, StoreCode])[] = [
  [/timeout exceeded when trying to connect|connection timeout/i, "DATABASE_UNREACHABLE"],
  [
    /connection terminated|client has encountered a connection error|not queryable/i,
    "DATABASE_LOST",
  ],
  [/no space left on device/i, "DATABASE_DISK_FULL"],
];

/** A failure of Postgres or of the way to it as a coded error; what a statement did wrong stays as it is. */
export function explainDatabase(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CodedError) return error;
  // Node tries every address of a host and reports their failures together.
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const state = codeOf(first) ?? "";
  const meaning =
    MEANINGS.find(([codes]) => codes.test(state)) ??
    SAYINGS.find(([words]) => words.test(error.message));
  if (meaning === undefined) return error;
  const [, code] = meaning;
  const said = first instanceof Error ? first.message : error.message;
  return storeError(code, `${ACTIONS[code] ?? "database failed"}: ${said}`, { state }, error);
}

const ACTIONS: Partial<Record<StoreCode, string>> = {
  DATABASE_UNREACHABLE: "cannot connect to the database, check that it runs",
  DATABASE_REFUSED: "the database refused the login or a right, check user and grants",
  DATABASE_LOST: "the connection to the database ended during a call, look up what was written",
  DATABASE_BUSY: "the database had no room for the call, try again later",
  DATABASE_DISK_FULL: "the disk of the database is full, free space",
};
