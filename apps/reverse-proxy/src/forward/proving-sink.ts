import { randomBytes } from "node:crypto";
import {
  BTAUTH,
  EPISTULA,
  type Principal,
  type SigningKey,
  signBtauthResponse,
  signEpistulaResponse,
} from "@neurond/epistula";
import type { Hotkey } from "@neurond/primitives";
import type { Exchange } from "../exchange.ts";
import { RunningHash } from "./running-hash.ts";
import type { ResponseSink, UpstreamFailure } from "./sink.ts";

/** A caller that sends this with any value but `0` gets its answer signed. */
export const WANT_PROOF = "epistula-want-response-signature";

/** Answers up to this are held until they can be signed in a header; longer ones have a trailer. */
const HEADER_PROOF_BYTES = 65_536;

/** The key of one of our hotkeys; undefined where this process has none. */
export type KeyOf = (hotkey: Hotkey) => SigningKey | undefined;

/** Signs the answer for a proven caller that asks for it; for any other it is `inner`. */
export function provingSink(inner: ResponseSink, exchange: Exchange, keyOf: KeyOf): ResponseSink {
  const { principal, request } = exchange;
  if (principal === null || (request.headers[WANT_PROOF] ?? "0") === "0") return inner;
  const timestamp = request.headers[EPISTULA.timestamp.toLowerCase()];
  const key = principal.receiver === null ? undefined : keyOf(principal.receiver as Hotkey);
  if (key === undefined) return inner;
  const prove = (status: number, bodySha256: Uint8Array) =>
    sign(key, principal, { status, bodySha256, timestamp: String(timestamp) });
  return prove(200, Buffer.alloc(32)) ? new ProvingSink(inner, prove) : inner;
}

type Proof = readonly [name: string, value: string];
type Prove = (status: number, bodySha256: Uint8Array) => Proof | undefined;

interface Answered {
  readonly status: number;
  readonly bodySha256: Uint8Array;
  readonly timestamp: string;
}

/** In the way the request was signed; the older ways have no proof of an answer. */
function sign(key: SigningKey, principal: Principal, answered: Answered): Proof | undefined {
  const { scheme, nonce, hotkey } = principal;
  const { status, bodySha256, timestamp } = answered;
  const random = randomBytes(32);
  if (scheme === "btauth/1") {
    return signBtauthResponse(key, { status, bodySha256, nonce, requester: hotkey }, random);
  }
  if (scheme !== "epistula/2") return undefined;
  return signEpistulaResponse(key, { bodySha256, uuid: nonce, timestamp }, random);
}

class ProvingSink implements ResponseSink {
  readonly #inner: ResponseSink;
  readonly #prove: Prove;
  readonly #hash = new RunningHash(true);
  #status = 0;
  /** Of an answer that is short and said so; null once it is on its way. */
  #held: { readonly headers: readonly string[]; readonly chunks: Buffer[] } | null = null;

  constructor(inner: ResponseSink, prove: Prove) {
    this.#inner = inner;
    this.#prove = prove;
  }

  start(status: number, headers: readonly string[]): void {
    this.#status = status;
    // A backend's own word for what only we can sign.
    const own = without(headers, [BTAUTH.responseSignature, EPISTULA.responseSignature]);
    if (lengthIn(own) <= HEADER_PROOF_BYTES) {
      this.#held = { headers: own, chunks: [] };
      return;
    }
    // Trailers follow a body in chunks only, and are told of before.
    const [name] = this.#prove(status, Buffer.alloc(32)) ?? [EPISTULA.responseSignature];
    this.#inner.start(status, [...without(own, ["content-length"]), "trailer", name]);
  }

  write(chunk: Buffer): boolean {
    this.#hash.update(chunk);
    if (this.#held === null) return this.#inner.write(chunk);
    this.#held.chunks.push(chunk);
    return true;
  }

  onDrain(resume: () => void): void {
    this.#inner.onDrain(resume);
  }

  end(trailers: readonly string[]): void {
    const proof = this.#prove(this.#status, this.#hash.digest()) ?? [];
    if (this.#held === null) {
      this.#inner.end([...trailers, ...proof]);
      return;
    }
    const { headers, chunks } = this.#held;
    this.#inner.start(this.#status, [...headers, ...proof]);
    for (const chunk of chunks) this.#inner.write(chunk);
    this.#inner.end(trailers);
  }

  fail(failure: UpstreamFailure): void {
    this.#inner.fail(failure);
  }
}

function without(headers: readonly string[], names: readonly string[]): string[] {
  const dropped = new Set(names.map((name) => name.toLowerCase()));
  return headers.filter((_, at) => !dropped.has((headers[at - (at % 2)] ?? "").toLowerCase()));
}

/** As announced; endless where nothing is. */
function lengthIn(headers: readonly string[]): number {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name === "content-length");
  return at < 0 ? Number.POSITIVE_INFINITY : Number(headers[at + 1]);
}
