import { createHash } from "node:crypto";
import { s3Error } from "../errors.ts";
import type { S3Head } from "../head.ts";
import type { Checksum } from "../object-index.ts";
import type { Verified } from "../sigv4/verify.ts";
import { decodeChunked } from "./aws-chunked.ts";
import {
  checkDigits,
  checksumHeader,
  type Expected,
  expectedChecksum,
  runningChecksum,
} from "./checksum.ts";

/** What is known of a body once it was read whole. */
export interface Digests {
  /** Hexadecimal digits. */
  readonly md5: string;
  readonly checksum: Checksum | null;
}

/** The body of a request: to be read once. */
export interface Payload {
  /** Bytes of the body itself, without coding. */
  readonly size: number;
  /** Throws unless size, signatures and checksums hold, at the latest behind the last byte. */
  read(): AsyncGenerator<Uint8Array>;
  /** After `read` has ended. */
  digests(): Digests;
}

const HASH = /^[0-9a-f]{64}$/;
const LENGTH = /^\d{1,15}$/;
const MD5 = /^[A-Za-z0-9+/]{22}==$/;
const MODES = {
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { signed: true, trailer: false },
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { signed: true, trailer: true },
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { signed: false, trailer: true },
} as const;

/** What may be asked of a body before its first byte is read. */
export interface PayloadRules {
  readonly maxBytes: number;
  /** Computed even when the client sends no checksum; for parts of an upload that names one. */
  readonly algorithm?: Checksum["algorithm"] | null;
}

/**
 * Prepares the body of a proven head, by what the head says of it. Judges lengths and checksum headers at
 * once, the rest while reading. @throws CodedError of S3
 */
export function openPayload(
  source: AsyncIterable<Uint8Array>,
  head: S3Head,
  verified: Verified,
  { maxBytes, algorithm = null }: PayloadRules,
): Payload {
  const { contentSha256 } = verified;
  const mode = Object.entries(MODES).find(([name]) => name === contentSha256)?.[1];
  if (!mode && contentSha256 !== "UNSIGNED-PAYLOAD" && !HASH.test(contentSha256)) {
    if (contentSha256.startsWith("STREAMING-")) throw s3Error("NotImplemented");
    throw s3Error("InvalidArgument", "x-amz-content-sha256 is neither a hash nor a known word");
  }
  const size = lengthOf(head, mode ? "x-amz-decoded-content-length" : "content-length");
  if (size > maxBytes)
    throw s3Error("EntityTooLarge", undefined, { MaxSizeAllowed: `${maxBytes}` });
  const trailers = mode?.trailer ? trailersOf(head) : [];
  const wanted = expectedChecksum(head, trailers);
  const expected = wanted ?? (algorithm === null ? null : { algorithm, value: null });
  const hashes = {
    md5: createHash("md5"),
    sha256: HASH.test(contentSha256) ? createHash("sha256") : null,
    checksum: expected ? runningChecksum(expected.algorithm) : null,
  };
  const contentMd5 = md5Of(head);
  let digests: Digests | null = null;

  async function* read(): AsyncGenerator<Uint8Array> {
    const signer = mode?.signed ? verified : null;
    const bytes = mode ? decodeChunked(source, { size, signer, trailers }) : exactly(source, size);
    let sent = new Map<string, string>() as ReadonlyMap<string, string>;
    for (;;) {
      const next = await bytes.next();
      if (next.done) {
        sent = next.value;
        break;
      }
      hashes.md5.update(next.value);
      hashes.sha256?.update(next.value);
      hashes.checksum?.update(next.value);
      yield next.value;
    }
    if (hashes.sha256 && hashes.sha256.digest("hex") !== contentSha256) {
      throw s3Error("XAmzContentSHA256Mismatch");
    }
    const md5 = hashes.md5.digest();
    if (contentMd5 !== null && md5.toString("base64") !== contentMd5) throw s3Error("BadDigest");
    const value = hashes.checksum?.digest().toString("base64") ?? "";
    checkSum(wanted, value, sent);
    digests = {
      md5: md5.toString("hex"),
      checksum: expected && { algorithm: expected.algorithm, value, type: "FULL_OBJECT" },
    };
  }

  return {
    size,
    read,
    digests() {
      if (digests === null) throw new Error("the body was not read to its end");
      return digests;
    },
  };
}

function checkSum(wanted: Expected | null, ours: string, trailer: ReadonlyMap<string, string>) {
  if (wanted === null) return;
  const name = checksumHeader(wanted.algorithm);
  const theirs = wanted.value ?? checkDigits(wanted.algorithm, trailer.get(name) ?? "");
  if (theirs !== ours)
    throw s3Error("BadDigest", `the body does not have the ${name} that was sent`);
}

/** A body as it is, of exactly the announced length. */
async function* exactly(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, ReadonlyMap<string, string>> {
  let left = size;
  for await (const bytes of source) {
    left -= bytes.length;
    if (left < 0) throw s3Error("InvalidRequest", "the body is longer than announced");
    yield bytes;
  }
  if (left > 0) throw s3Error("IncompleteBody");
  return new Map();
}

function lengthOf(head: S3Head, name: string): number {
  const text = head.header(name);
  if (text === undefined) throw s3Error("MissingContentLength", `${name} is missing`);
  if (!LENGTH.test(text)) throw s3Error("InvalidArgument", `${name} is not a length`);
  return Number(text);
}

function trailersOf(head: S3Head): readonly string[] {
  const names = (head.header("x-amz-trailer") ?? "").split(",");
  return names.map((name) => name.trim().toLowerCase()).filter((name) => name !== "");
}

function md5Of(head: S3Head): string | null {
  const text = head.header("content-md5");
  if (text === undefined) return null;
  if (!MD5.test(text)) throw s3Error("InvalidDigest", "Content-MD5 is not an MD5");
  return text;
}
