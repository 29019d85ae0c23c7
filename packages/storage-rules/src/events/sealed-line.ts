import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const DOMAIN = utf8ToBytes("filetao/event/v1\n");
const SEALED = /^(.*),"prev":"([0-9a-f]{64})","digest":"([0-9a-f]{64})"\}$/s;

/** What the first line of a log has in place of the digest before it. */
export const NO_DIGEST = "0".repeat(64);

/** A line of the event log, opened again. */
export interface OpenedLine {
  readonly record: unknown;
  /** Digest of the line before. */
  readonly prev: string;
  readonly digest: string;
}

/**
 * A record as a line that says which line it follows and the SHA-256 of all that: who keeps the last
 * digest notices any change of any line before it.
 */
export function sealLine(record: object, lineBefore: string | null): string {
  const prev = SEALED.exec(lineBefore ?? "")?.[3] ?? NO_DIGEST;
  const body = `${JSON.stringify(record).slice(0, -1)},"prev":"${prev}"`;
  return `${body},"digest":"${digestOf(body)}"}`;
}

/** Opens a line; null when it is not one, or not as it was written. */
export function openLine(line: string): OpenedLine | null {
  const [, fields = "", prev = "", digest = ""] = SEALED.exec(line) ?? [];
  if (digestOf(`${fields},"prev":"${prev}"`) !== digest) return null;
  try {
    return { record: JSON.parse(`${fields}}`), prev, digest };
  } catch {
    return null;
  }
}

function digestOf(body: string): string {
  return bytesToHex(sha256(concatBytes(DOMAIN, utf8ToBytes(body))));
}
