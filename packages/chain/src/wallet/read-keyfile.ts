import { constants, type FileHandle, open } from "node:fs/promises";
import { CodedError } from "@neurond/primitives";
import type { WalletCode, WalletWarning } from "./errors.ts";

// The largest real key file is about 1 kB; anything far above is not one.
const LARGEST_BYTES = 64 * 1024;

/** A key file as it lies on disk. */
export interface KeyfileBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly warnings: readonly WalletWarning[];
}

/** Reads a key file through symbolic links (container secrets are links), and looks at its permissions. */
export async function readKeyfile(path: string, role: "private" | "public"): Promise<KeyfileBytes> {
  // Non-blocking, so that a named pipe in the place of a key file cannot hang the caller.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((error: unknown) => {
    throw readError(path, error);
  });
  try {
    return await readOpened(path, file, role);
  } finally {
    await file.close();
  }
}

async function readOpened(
  path: string,
  file: FileHandle,
  role: "private" | "public",
): Promise<KeyfileBytes> {
  const { mode, size } = await file.stat();
  const isFile = (mode & constants.S_IFMT) === constants.S_IFREG;
  if (!isFile || size > LARGEST_BYTES) {
    const what = isFile ? `${size} bytes long` : "not a regular file";
    const text = `${path} is ${what}; a key file was expected there`;
    throw new CodedError<WalletCode>(isFile ? "UNKNOWN_FORMAT" : "NOT_READABLE", text, { path });
  }
  const bytes = await file.readFile().catch((error: unknown) => {
    throw readError(path, error);
  });
  const open = mode & 0o077;
  if (role === "public" || open === 0) return { path, bytes, warnings: [] };
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  const message = `${path} can be read by others (mode ${shown}); run: chmod 600 '${path}'`;
  return { path, bytes, warnings: [{ code: "LOOSE_PERMISSIONS", path, message }] };
}

function readError(path: string, cause: unknown): CodedError<WalletCode> {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new CodedError("FILE_NOT_FOUND", `there is no key file at ${path}`, { path }, { cause });
  }
  const text = `the key file at ${path} cannot be read (${String(code)}); check its owner and mode`;
  return new CodedError("NOT_READABLE", text, { path }, { cause });
}
