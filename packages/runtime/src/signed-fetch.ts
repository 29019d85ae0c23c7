import { createHash, randomBytes } from "node:crypto";
import { RequestSigner, type RequestSignerOptions } from "@neurond/epistula";
import { CodedError, type Hotkey } from "@neurond/primitives";
import type { RuntimeCode } from "./errors.ts";

export interface SignedRequest {
  readonly url: URL;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Hashed before it is sent, so it must be whole; large uploads name their SHA-256 themselves. */
  readonly body?:
    | Uint8Array
    | {
        readonly stream: ReadableStream<Uint8Array>;
        readonly sha256: Uint8Array;
        readonly length: number;
      };
  readonly contentType?: string;
  readonly receiver: Hotkey;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Answers longer than this are cut off with an error, whatever they claim to be. */
  readonly maxAnswerBytes?: number;
}

export interface SignedAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Headers;
}

/** The part of `fetch` that signed requests use. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

export interface SignedFetchOptions extends RequestSignerOptions {
  /** What sends; Node's unless given. */
  readonly fetch?: Fetch;
}

export type SignedFetch = (request: SignedRequest) => Promise<SignedAnswer>;

const EMPTY = new Uint8Array();

/**
 * Sends requests signed by our hotkey in every dialect of the field. Each call is one attempt with a
 * nonce of its own; redirects are not followed, and time and size are bounded.
 * @throws CodedError ANSWER_TOO_LARGE; what `fetch` throws when nobody answers
 */
export function signedFetch({
  fetch = globalThis.fetch,
  ...options
}: SignedFetchOptions): SignedFetch {
  const signer = new RequestSigner(options);
  return async ({ url, method = "GET", body = EMPTY, receiver, timeoutMs, signal, ...rest }) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const whole = body instanceof Uint8Array;
    const headers = signer.sign({
      method,
      target: url.pathname + url.search,
      bodySha256: whole ? createHash("sha256").update(body).digest() : body.sha256,
      receiver,
      now: Date.now(),
      random: randomBytes(32),
    });
    const response = await fetch(url, {
      method,
      redirect: "error",
      signal: bounded,
      headers: [
        ...headers.map(([name, value]): [string, string] => [name, value]),
        ...(rest.contentType ? ([["content-type", rest.contentType]] as [string, string][]) : []),
        ...(whole ? [] : ([["content-length", String(body.length)]] as [string, string][])),
      ],
      ...(whole ? body.length > 0 && { body } : { body: body.stream, duplex: "half" }),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: await readBounded(response, rest.maxAnswerBytes ?? 1_048_576),
    };
  };
}

/** The whole body, or an error as soon as it grows past the limit. */
export async function readBounded(response: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit)
      throw new CodedError<RuntimeCode>(
        "ANSWER_TOO_LARGE",
        `the answer from ${response.url} exceeds ${limit} bytes; the rest was not read`,
        { url: response.url, limit },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
