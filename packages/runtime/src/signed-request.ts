import { createHash } from "node:crypto";
import type { Hotkey } from "@neurond/primitives";
import type { AnswerHeaders } from "./answer-headers.ts";

/** Bytes as they come. */
export type ByteStream = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** A body too large to hold: it is signed before it is sent, so its hash is known beforehand. */
export interface StreamedBody {
  /** A function can be asked again, for a second attempt; a stream is there once. */
  readonly stream: ByteStream | (() => ByteStream);
  /** 32 bytes. */
  readonly sha256: Uint8Array;
  readonly length: number;
}

/** A request to sign and send. */
export interface SignedRequest {
  readonly url: URL;
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: Uint8Array | StreamedBody;
  readonly contentType?: string;
  readonly receiver: Hotkey;
  /** For all attempts together, until the answer is read. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Answers longer than this are cut off with an error, whatever they claim to be. */
  readonly maxAnswerBytes?: number;
  /** Whether a success must be signed by the receiver, or a signature is checked where there is one. */
  readonly proof?: "required" | "wanted";
}

/** An answer read whole. */
export interface SignedAnswer {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: AnswerHeaders;
  /** Whether the receiver signed exactly this answer; false where nobody asked. */
  readonly proven: boolean;
}

const EMPTY = new Uint8Array();

/** SHA-256 of the bytes to be sent. */
export function bodyDigest({ body = EMPTY }: SignedRequest): Uint8Array {
  return body instanceof Uint8Array ? createHash("sha256").update(body).digest() : body.sha256;
}

/** Whether a request may be sent a second time, given what its first attempt used up. */
export function isRepeatable({ body = EMPTY }: SignedRequest): boolean {
  return body instanceof Uint8Array || typeof body.stream === "function";
}

/** What describes the body, beside the headers that sign it. */
export function bodyHeaders({ body, contentType }: SignedRequest): [string, string][] {
  const headers: [string, string][] = [];
  if (contentType !== undefined) headers.push(["content-type", contentType]);
  if (body && !(body instanceof Uint8Array)) headers.push(["content-length", String(body.length)]);
  return headers;
}

/** The body, if there is one; what can be asked again is. */
export function bodyBytes({ body = EMPTY }: SignedRequest): Uint8Array | ByteStream | undefined {
  if (body instanceof Uint8Array) return body.length > 0 ? body : undefined;
  return typeof body.stream === "function" ? body.stream() : body.stream;
}
