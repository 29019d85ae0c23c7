import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { type RawHeaders, RequestSigner, type RequestSignerOptions } from "@neurond/epistula";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import { proveAnswer } from "./answer-proof.ts";
import { explainSkew } from "./clock-skew.ts";
import { type Dialect, type DoorAnswer, PeerDialects } from "./peer-dialects.ts";
import { readBounded } from "./read-bounded.ts";
import { type Fetch, type OpenAnswer, type Send, sendBy, sendDirectly } from "./send.ts";
import {
  bodyBytes,
  bodyDigest,
  bodyHeaders,
  isRepeatable,
  type SignedAnswer,
  type SignedRequest,
} from "./signed-request.ts";

/** Who signs, and what sends. */
export interface SignedClientOptions extends RequestSignerOptions {
  /** Sends instead of undici, for who minds where a request connects to. */
  readonly fetch?: Fetch;
  /** Unix milliseconds; never shifted by what peers say of theirs. */
  readonly now?: () => number;
}

interface Attempt {
  readonly response: OpenAnswer;
  readonly sent: RawHeaders;
}

interface Refused extends Attempt {
  readonly answer: DoorAnswer;
}

const MAX_ANSWER_BYTES = 1_048_576;
const MAX_REFUSAL_BYTES = 65_536;
/** Statuses with which doors of the field refuse a signature before anything else is done. */
const DOOR = new Set([400, 401, 403, 431]);

/**
 * Sends requests signed by our hotkey, to each peer in the dialect it is known to take. Every attempt
 * is signed anew, and there is a second one only where the first was refused at the door for its
 * dialect, or where the connection broke under a request that may be repeated. Redirects are not
 * followed; time and size are bounded.
 */
export class SignedClient {
  readonly #signer: RequestSigner;
  readonly #self: Hotkey;
  readonly #sendOne: Send;
  readonly #now: () => number;
  /** Null where one scheme was asked for: there is nothing to learn then. */
  readonly #dialects: PeerDialects | null;

  constructor({ fetch, now = Date.now, ...signing }: SignedClientOptions) {
    this.#signer = new RequestSigner(signing);
    this.#self = hotkeyOf(signing.key.publicKey);
    this.#sendOne = fetch === undefined ? sendDirectly : sendBy(fetch);
    this.#now = now;
    this.#dialects = signing.schemes?.length === 1 ? null : new PeerDialects();
  }

  /** Tells what a peer says in its `/status` that it takes. */
  advertised(peer: Hotkey, auth: readonly string[]): void {
    this.#dialects?.advertised(peer, auth);
  }

  /**
   * The answer, read whole.
   * @throws CodedError ANSWER_TOO_LARGE, ANSWER_UNPROVEN, CLOCK_SKEW; what `fetch` throws when nobody answers
   */
  async fetch(request: SignedRequest): Promise<SignedAnswer> {
    const { response, sent } = await this.#send(request);
    const { status, headers } = response;
    const body = await readBounded(response, request.maxAnswerBytes ?? MAX_ANSWER_BYTES);
    const { url, receiver: responder, proof } = request;
    const answer = { url, status, headers, body, sent, requester: this.#self, responder };
    return { status, headers, body, proven: proof ? await proveAnswer(answer, proof) : false };
  }

  /** The answer, to be read as it comes; nobody bounds or proves it but the caller. */
  async open(request: Omit<SignedRequest, "maxAnswerBytes" | "proof">): Promise<OpenAnswer> {
    return (await this.#send(request)).response;
  }

  async #send(request: SignedRequest): Promise<Attempt> {
    const { receiver, timeoutMs } = request;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
    const dialect = this.#dialects?.of(receiver) ?? "both";
    let first: Attempt | Refused;
    try {
      first = await this.#attempt(request, dialect, signal);
    } catch (error) {
      // A peer may close a connection it kept just as a request sets out on it.
      if (signal.aborted || !isIdempotent(request) || !isBroken(error)) throw error;
      return this.#attempt(request, dialect, signal);
    }
    if (!("answer" in first)) return first;
    const other = this.#dialects?.afterRefusal(receiver, dialect, first.answer);
    if (other === undefined || !isRepeatable(request)) return first;
    return this.#attempt(request, other, signal);
  }

  async #attempt(
    request: SignedRequest,
    dialect: Dialect,
    signal: AbortSignal,
  ): Promise<Attempt | Refused> {
    const { url, method = "GET", receiver } = request;
    const sentAtMs = this.#now();
    const sent = this.#signer.sign({
      method,
      target: url.pathname + url.search,
      bodySha256: bodyDigest(request),
      receiver,
      now: sentAtMs,
      random: randomBytes(32),
      ...(dialect !== "both" && { schemes: [dialect] }),
    });
    const body = bodyBytes(request);
    const headers = [...sent, ...bodyHeaders(request)];
    const outgoing = { method, signal, headers, ...(body !== undefined && { body }) };
    const response = await this.#sendOne(url, outgoing);
    const offers = response.headers.get("www-authenticate") ?? "";
    if (!DOOR.has(response.status)) {
      // What a broken proxy between us answers teaches nothing.
      if (response.ok) this.#dialects?.took(receiver, dialect, offers);
      return { response, sent };
    }
    const receivedAtMs = this.#now();
    const refusal = await readBounded(response, MAX_REFUSAL_BYTES);
    const words = new TextDecoder().decode(refusal);
    const skew = explainSkew(url, words, response.headers, { sentAtMs, receivedAtMs });
    if (skew) throw skew;
    const again = { ...response, body: Readable.from([refusal]) };
    return { response: again, sent, answer: { status: response.status, offers, words } };
  }
}

function isIdempotent(request: SignedRequest): boolean {
  return request.method !== "POST" && isRepeatable(request);
}

/** Whether a connection ended under the request, as opposed to being refused or timing out. */
function isBroken(error: unknown): boolean {
  const cause = error instanceof TypeError ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "ECONNRESET" || code === "EPIPE" || code === "UND_ERR_SOCKET";
}
