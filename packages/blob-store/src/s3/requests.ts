import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { CodedError } from "@neurond/primitives";
import { AwsV4Signer } from "aws4fetch";
import type { Agent } from "undici";
import { blobError } from "../errors.ts";
import { errorCodeOf, readText, type S3Response } from "./answers.ts";
import { ATTEMPTS, FIRST_DELAY_MS, MAX_DELAY_MS, REQUEST_MS, type S3Options } from "./options.ts";

/** One request about an object, or about the bucket when there is no key. */
export interface S3Request {
  readonly method: "DELETE" | "GET" | "HEAD" | "POST" | "PUT";
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Statuses that are answers besides those of success. */
  readonly accepts?: readonly number[];
}

const TRANSIENT = new Set([408, 429, 500, 502, 503, 504]);
/** Said with status 400 or 403, and gone a moment later. */
const TRANSIENT_CODES = new Set(["RequestTimeout", "SlowDown", "InternalError", "BadDigest"]);
const FULL_CODES = new Set(["QuotaExceeded", "XMinioStorageFull", "EntityTooLarge"]);
const EMPTY_SHA256 = createHash("sha256").digest("hex");

/**
 * Signed requests to one bucket. The hash of a body is part of the signature, and its MD5 goes along, so that
 * what arrives damaged is refused. What may pass is tried again with growing pauses, each time signed anew.
 */
export class S3Requests implements AsyncDisposable {
  readonly #options: S3Options;
  readonly #base: URL;
  #agent: Promise<Agent> | null = null;

  constructor(options: S3Options) {
    this.#options = options;
    this.#base = baseOf(options);
  }

  get attempts(): number {
    return this.#options.attempts ?? ATTEMPTS;
  }

  /** @throws CodedError BLOB_STORE_REFUSED, BLOB_STORE_FULL, BLOB_STORE_UNREACHABLE, BLOB_CREDENTIALS_MISSING */
  async send(request: S3Request, signal?: AbortSignal): Promise<S3Response> {
    for (let made = 1; ; made += 1) {
      signal?.throwIfAborted();
      const failure = await this.#attempt(request, signal);
      if ("statusCode" in failure) return failure;
      if (!failure.isTransient || made >= this.attempts) throw failure.error;
      await this.pause(made, signal, failure.waitMs);
    }
  }

  /** Waits before the attempt after `made` ones. */
  async pause(made: number, signal: AbortSignal | undefined, leastMs = 0): Promise<void> {
    const { firstDelayMs = FIRST_DELAY_MS } = this.#options;
    const delay =
      Math.min(firstDelayMs * 2 ** (made - 1), MAX_DELAY_MS) * (0.5 + Math.random() / 2);
    await sleep(Math.max(delay, Math.min(leastMs, MAX_DELAY_MS)), undefined, { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#agent)?.close();
  }

  async #attempt(
    request: S3Request,
    signal: AbortSignal | undefined,
  ): Promise<S3Response | Failure> {
    const { method, accepts = [] } = request;
    const signed = await this.#signed(request);
    try {
      this.#agent ??= agentOf(this.#options);
      const response = await (await this.#agent).request({
        origin: signed.url.origin,
        path: signed.url.pathname + signed.url.search,
        method,
        headers: Object.fromEntries(signed.headers),
        body: request.body ?? null,
        // A download lasts as long as it moves; everything else is one short exchange.
        signal:
          method === "GET" && request.key !== undefined ? (signal ?? null) : this.#until(signal),
      });
      const { statusCode } = response;
      if ((statusCode >= 200 && statusCode < 300) || accepts.includes(statusCode)) return response;
      return await refusal(request, response);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof CodedError) throw error;
      return { error: unreachable(this.#base.host, request, error), isTransient: true };
    }
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    const deadline = AbortSignal.timeout(this.#options.requestMs ?? REQUEST_MS);
    return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  }

  async #signed({ method, key, query = {}, headers = {}, body }: S3Request) {
    const { region, credentials } = this.#options;
    const url = new URL(this.#base);
    if (key !== undefined) url.pathname = `${url.pathname.replace(/\/$/, "")}/${key}`;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const sums: Record<string, string> = { "x-amz-content-sha256": EMPTY_SHA256 };
    if (body !== undefined) {
      sums["x-amz-content-sha256"] = createHash("sha256").update(body).digest("hex");
      sums["content-md5"] = createHash("md5").update(body).digest("base64");
    }
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, ...sums },
      service: "s3",
      region,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
    });
    return await signer.sign();
  }
}

interface Failure {
  readonly error: CodedError;
  readonly isTransient: boolean;
  /** What the server asks for. */
  readonly waitMs?: number;
}

/** Loaded with the first request: a fifth of the modules of a daemon, few of which keep anything in S3. */
async function agentOf({ requestMs = REQUEST_MS }: S3Options): Promise<Agent> {
  const { Agent } = await import("undici");
  return new Agent({
    connect: { timeout: Math.min(10_000, requestMs) },
    headersTimeout: requestMs,
    bodyTimeout: requestMs,
    connections: 16,
  });
}

function baseOf({ endpoint, bucket, pathStyle = true }: S3Options): URL {
  const base = new URL(endpoint);
  if (pathStyle) base.pathname = `${base.pathname.replace(/\/$/, "")}/${bucket}`;
  else base.hostname = `${bucket}.${base.hostname}`;
  return base;
}

async function refusal(request: S3Request, response: S3Response): Promise<Failure> {
  const { statusCode, headers } = response;
  const code = errorCodeOf(await readText(response).catch(() => ""));
  const context = { status: statusCode, ...(code !== null && { code }) };
  const what = `${nameOf(request)} was refused with ${statusCode}${code === null ? "" : ` ${code}`}`;
  const isFull = statusCode === 507 || (code !== null && FULL_CODES.has(code));
  if (isFull) return { error: blobError("BLOB_STORE_FULL", what, context), isTransient: false };
  const isTransient = TRANSIENT.has(statusCode) || (code !== null && TRANSIENT_CODES.has(code));
  const kind = isTransient ? "BLOB_STORE_UNREACHABLE" : "BLOB_STORE_REFUSED";
  const waitMs = Number(headers["retry-after"] ?? 0) * 1_000 || 0;
  return { error: blobError(kind, what, context), isTransient, waitMs };
}

function unreachable(host: string, request: S3Request, cause: unknown): CodedError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const message = `${nameOf(request)} at ${host} got no answer: ${words}`;
  return blobError("BLOB_STORE_UNREACHABLE", message, {}, cause);
}

const nameOf = ({ method, key, query }: S3Request): string =>
  `${method} ${key ?? "of the bucket"}${query === undefined ? "" : ` (${Object.keys(query).join(", ")})`}`;
