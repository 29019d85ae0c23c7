import { createHash } from "node:crypto";
import { CodedError } from "@neurond/primitives";
import type { BlobRange } from "../blob-store.ts";
import { blobError } from "../errors.ts";
import type { S3Response } from "./answers.ts";
import { drop } from "./answers.ts";
import type { S3Requests } from "./requests.ts";
import { DIGEST_HEADER } from "./upload.ts";

/**
 * The bytes of a blob. A connection that breaks is taken up where it broke, as long as the blob is the same;
 * a whole blob is held against the digest that was stored with it.
 */
export async function* download(
  requests: S3Requests,
  key: string,
  { from, to }: BlobRange = { from: 0 },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (to !== undefined && from >= to) return await requireThere(requests, key, signal);
  const isWhole = from === 0 && to === undefined;
  const hash = createHash("sha256");
  let at = from;
  let begun: Begun | null = null;
  for (let broken = 0; ; ) {
    const response = await ask(requests, { key, at, to, etag: begun?.etag ?? null }, signal);
    if (response === null) return;
    const stated = begunBy(response, at);
    begun ??= stated;
    // Not every server minds the condition.
    if (stated.etag !== begun.etag || stated.end !== begun.end) {
      await drop(response);
      throw changed(key);
    }
    try {
      for await (const chunk of response.body) {
        broken = 0;
        at += chunk.length;
        if (isWhole) hash.update(chunk);
        yield chunk;
      }
      if (at >= begun.end) break;
      throw new Error(`${begun.end - at} bytes are missing`);
    } catch (error) {
      signal?.throwIfAborted();
      broken += 1;
      if (broken >= requests.attempts) throw lost(key, error);
      await requests.pause(broken, signal);
    }
  }
  const { digest } = begun;
  if (isWhole && digest !== null && hash.digest("hex") !== digest)
    throw blobError("BLOB_CORRUPT", `${key} is not what was stored under this name`);
}

interface Begun {
  readonly etag: string | null;
  readonly digest: string | null;
  /** Where the asked range ends. */
  readonly end: number;
}

interface Asked {
  readonly key: string;
  readonly at: number;
  readonly to: number | undefined;
  readonly etag: string | null;
}

/** Null: the range lies beyond the end. */
async function ask(
  requests: S3Requests,
  { key, at, to, etag }: Asked,
  signal?: AbortSignal,
): Promise<S3Response | null> {
  const headers: Record<string, string> = {};
  if (at > 0 || to !== undefined)
    headers["range"] = `bytes=${at}-${to === undefined ? "" : to - 1}`;
  if (etag !== null) headers["if-match"] = etag;
  const accepts = [404, 412, 416];
  const response = await requests.send({ method: "GET", key, headers, accepts }, signal);
  const isPart = response.statusCode === 206;
  if (isPart || (response.statusCode === 200 && headers["range"] === undefined)) return response;
  await drop(response);
  if (response.statusCode === 416) return null;
  if (response.statusCode === 404) throw missing(key);
  if (response.statusCode !== 412)
    throw blobError("BLOB_STORE_REFUSED", "the object storage does not give ranges of blobs");
  throw changed(key);
}

async function requireThere(requests: S3Requests, key: string, signal?: AbortSignal) {
  const head = await requests.send({ method: "HEAD", key, accepts: [404] }, signal);
  await drop(head);
  if (head.statusCode === 404) throw missing(key);
}

function begunBy({ headers }: S3Response, at: number): Begun {
  const textOf = (name: string) => {
    const value = headers[name];
    return typeof value === "string" ? value : null;
  };
  const [, , last] = /^bytes (\d+)-(\d+)\//.exec(textOf("content-range") ?? "") ?? [];
  const length = Number(textOf("content-length") ?? Number.NaN);
  const end = last === undefined ? length : Number(last) + 1;
  if (!Number.isSafeInteger(end) || end < at)
    throw blobError("BLOB_STORE_UNREACHABLE", "the object storage does not say how long a blob is");
  return { etag: textOf("etag"), digest: textOf(DIGEST_HEADER), end };
}

function lost(key: string, cause: unknown): CodedError {
  if (cause instanceof CodedError) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return blobError("BLOB_STORE_UNREACHABLE", `${key} broke off: ${words}`, {}, cause);
}

const missing = (key: string) => blobError("BLOB_MISSING", `there is no blob ${key}`);

const changed = (key: string) =>
  blobError("BLOB_CHANGED", `${key} was replaced while it was being read`);
