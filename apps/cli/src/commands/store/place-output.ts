import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { CodedError, type Hex, toHex } from "@neurond/primitives";
import type { StoreCommandCode } from "./errors.ts";

/** The longest name that common file systems take. */
const MAX_NAME_BYTES = 255;
/** Room for what an unfinished file's name has beside. */
const SUFFIX_BYTES = 40;

/**
 * The name of a file in its directory. A name is what its owner, or whoever wrote a hash file, once
 * put there: it must not lead anywhere else, and gives way to the id where it would.
 */
export function outputName(name: string | null, id: string): string {
  const base = name?.split(/[/\\]/).at(-1) ?? "";
  const isPlain = base !== "" && base !== "." && base !== ".." && !base.includes("\0");
  return isPlain && Buffer.byteLength(base) <= MAX_NAME_BYTES - SUFFIX_BYTES ? base : id;
}

/** What is at a path: nothing, the very file that is to come there, or another one. */
export async function standsAt(
  path: string,
  wanted: { readonly size: number; readonly sha256: Hex },
): Promise<"nothing" | "same" | "other"> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return "nothing";
  if (!found.isFile() || found.size !== wanted.size) return "other";
  return (await sha256Of(path)) === wanted.sha256 ? "same" : "other";
}

/** SHA-256 of a file on disk. */
export async function sha256Of(path: string): Promise<Hex> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return toHex(hash.digest());
}

/** The error for a path that is taken. */
export function taken(path: string): CodedError<StoreCommandCode> {
  const message = `${path} is there already; name another place, or give --overwrite`;
  return new CodedError("OUTPUT_EXISTS", message, { path });
}
