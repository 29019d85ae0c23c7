import { createHash } from "node:crypto";
import { s3Error } from "../errors.ts";
import { scopeText } from "../sigv4/claim.ts";
import { equalDigits, sha256Hex, signText } from "../sigv4/sign.ts";
import type { Verified } from "../sigv4/verify.ts";
import { ByteReader } from "./byte-reader.ts";

/** How a body in chunks is to be read. */
export interface ChunkedOptions {
  /** Bytes of the body itself, as announced. */
  readonly size: number;
  /** Null where chunks are not signed. */
  readonly signer: Verified | null;
  /** Lower-case names of the fields that may stand behind the last chunk. */
  readonly trailers: readonly string[];
}

const CHUNK = /^([0-9a-fA-F]{1,13})(?:;chunk-signature=([0-9a-f]{64}))?$/;
const TRAILER = /^([A-Za-z0-9-]{1,64}):[ \t]*([\x21-\x7e]{0,256})[ \t]*$/;
const SIGNATURE = "x-amz-trailer-signature";
const MAX_LINE = 512;
const MAX_TRAILERS = 16;
const EMPTY_SHA256 = sha256Hex("");

/**
 * The bytes inside `aws-chunked` coding; returns the trailing fields. Signatures are checked behind each
 * chunk, so what was read before the end is not proven. @throws CodedError of S3
 */
export async function* decodeChunked(
  source: AsyncIterable<Uint8Array>,
  { size, signer, trailers }: ChunkedOptions,
): AsyncGenerator<Uint8Array, ReadonlyMap<string, string>> {
  const reader = new ByteReader(source);
  const chain = signer === null ? null : new SignatureChain(signer);
  let left = size;
  for (;;) {
    const [, digits, signature] = CHUNK.exec((await reader.line(MAX_LINE)) ?? "") ?? [];
    if (digits === undefined) throw malformed("a chunk has no size");
    if ((chain === null) !== (signature === undefined)) throw malformed("chunk-signature");
    const length = Number.parseInt(digits, 16);
    if (length > left) throw malformed("its chunks are longer than announced");
    left -= length;
    const hash = chain === null ? null : createHash("sha256");
    for await (const bytes of reader.take(length)) {
      hash?.update(bytes);
      yield bytes;
    }
    if (chain && hash) chain.chunk(hash.digest("hex"), signature ?? "");
    if (length === 0) break;
    if ((await reader.line(MAX_LINE)) !== "") throw malformed("a chunk is longer than its size");
  }
  if (left > 0) throw s3Error("IncompleteBody");
  return readTrailers(reader, chain, trailers);
}

async function readTrailers(
  reader: ByteReader,
  chain: SignatureChain | null,
  allowed: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>();
  let signature: string | null = null;
  for (;;) {
    const line = await reader.line(MAX_LINE);
    // Some clients leave the last empty line out.
    if (line === null) break;
    if (line === "") continue;
    const [, name, value = ""] = TRAILER.exec(line) ?? [];
    if (name === undefined || fields.size >= MAX_TRAILERS) throw malformed("a trailing field");
    const field = name.toLowerCase();
    if (field === SIGNATURE) signature = value;
    else if (allowed.includes(field)) fields.set(field, value);
    else throw malformed(`the trailing field ${field} was not announced`);
  }
  if (chain && allowed.length > 0) chain.trailer(fields, signature ?? "");
  return fields;
}

/** Each signature covers the one before it, the first the signature of the head. */
class SignatureChain {
  readonly #signer: Verified;
  #last: string;

  constructor(signer: Verified) {
    this.#signer = signer;
    this.#last = signer.claim.signature;
  }

  chunk(sha256: string, signature: string): void {
    this.#check("AWS4-HMAC-SHA256-PAYLOAD", [EMPTY_SHA256, sha256], signature);
  }

  trailer(fields: ReadonlyMap<string, string>, signature: string): void {
    const text = [...fields].map(([name, value]) => `${name}:${value}\n`).join("");
    this.#check("AWS4-HMAC-SHA256-TRAILER", [sha256Hex(text)], signature);
  }

  #check(kind: string, hashes: readonly string[], signature: string): void {
    const { key, claim } = this.#signer;
    const head = [kind, claim.timestamp, scopeText(claim.scope), this.#last];
    const ours = signText(key, [...head, ...hashes].join("\n"));
    if (!equalDigits(ours, signature)) {
      throw s3Error("SignatureDoesNotMatch", "the signature of a chunk does not cover it");
    }
    this.#last = ours;
  }
}

const malformed = (what: string) =>
  s3Error("InvalidRequest", `the body is not aws-chunked: ${what}`);
