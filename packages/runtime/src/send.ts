/// <reference path="./undici-parts.d.ts" />

import { Readable } from "node:stream";
import request from "undici/lib/api/api-request.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { type AnswerHeaders, answerHeaders } from "./answer-headers.ts";
import type { ByteStream } from "./signed-request.ts";

/** The part of `fetch` that signed requests use. */
export type Fetch = (url: URL, init: RequestInit) => Promise<Response>;

/** A request as it goes out. */
export interface Outgoing {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | ByteStream;
  readonly signal: AbortSignal;
}

/** An answer whose body is read as it comes, or discarded. */
export interface OpenAnswer {
  readonly url: string;
  readonly status: number;
  /** Whether the status is one of success. */
  readonly ok: boolean;
  readonly headers: AnswerHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that nobody reads. */
  readonly discard: () => Promise<void>;
}

/** Sends a request; a redirect is an error. */
export type Send = (url: URL, outgoing: Outgoing) => Promise<OpenAnswer>;

/** Connections are kept for all requests of this process. */
const AGENT = new Agent();

/** By undici itself: `fetch` passes bodies through web streams, which takes longer than their SHA-256. */
export const sendDirectly: Send = async (url, { method, headers, body, signal }) => {
  const answer = await request.call(AGENT, {
    ...{ origin: url.origin, path: `${url.pathname}${url.search}`, method, signal },
    // Guards in front of public services turn away who does not say what it is.
    headers: ["user-agent", "neurond", ...headers.flat()],
    ...(body !== undefined && { body: body instanceof Uint8Array ? body : Readable.from(body) }),
  });
  const { statusCode: status, body: bytes } = answer;
  const discard = async () => {
    // Aborted, it says so to whoever reads, and that is nobody.
    bytes.on("error", () => undefined).destroy();
  };
  if (status >= 300 && status < 400 && status !== 304) {
    await discard();
    throw new TypeError(`${url.origin} answered with a redirect, which is not followed`);
  }
  return {
    ...{ url: url.href, status, ok: status >= 200 && status < 300 },
    headers: answerHeaders(answer.headers),
    ...{ body: bytes, discard },
  };
};

/** By a `fetch`, for who has one that checks where it connects to. */
export function sendBy(fetch: Fetch): Send {
  return async (url, { method, headers, body, signal }) => {
    const answer = await fetch(url, {
      ...{ method, signal, redirect: "error" },
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...initOf(body),
    });
    return {
      ...{ url: url.href, status: answer.status, ok: answer.ok, headers: answer.headers },
      body: answer.body ?? Readable.from([]),
      discard: async () => answer.body?.cancel(),
    };
  };
}

function initOf(body: Outgoing["body"]): RequestInit {
  if (body === undefined) return {};
  if (body instanceof Uint8Array) return { body };
  return { body: ReadableStream.from(body), duplex: "half" };
}
