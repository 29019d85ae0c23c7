import { type Attempt, type TraceFault, TraceLog } from "@neurond/incentive";
import type { CheckedFetch } from "@neurond/registry/io";
import {
  type AnswerContent,
  AnswerLog,
  type SyntheticRequest,
  syntheticsError,
} from "@neurond/synthetics";
import { Deadlines } from "./deadlines.ts";
import { type AnswerLimits, LineCutter } from "./lines.ts";

/** What a request is sent with. */
export interface SendOptions {
  readonly fetch: CheckedFetch;
  readonly apiKey: string;
  /** False: without the header that asks for a trace, so that the request looks like any other. */
  readonly isTraced: boolean;
  readonly limits: AnswerLimits;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}

/** Who wants to know what while an answer comes. */
export interface SendListener {
  /** An attempt was begun or settled; nothing more is read until this resolves. */
  readonly onAttempt: (attempt: Attempt) => Promise<void>;
  /** A piece of the words of an answer. */
  readonly onText: (delta: string) => void;
}

/** How an answer ended. */
export type Ending = "complete" | "broken" | "too_long" | "too_slow";

/** What came of a request. */
export type Sent =
  | { readonly kind: "refused"; readonly status: number; readonly detail: string }
  | {
      readonly kind: "answered";
      readonly ending: Ending;
      /** Of the header, else of the trace. */
      readonly parentInvocationId: string | null;
      readonly attempts: readonly Attempt[];
      readonly faults: readonly TraceFault[];
      readonly content: AnswerContent;
      readonly sentMs: number;
      readonly endedMs: number;
    };

const MAX_DETAIL = 2_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Sends a request and reads its answer to the end, or as far as limits and the line allow: what was
 * attempted until then has been told. @throws CodedError GATEWAY_UNREACHABLE; what `signal` says
 */
export async function send(
  request: SyntheticRequest,
  { fetch, apiKey, isTraced, limits, now }: SendOptions,
  listener: SendListener,
  signal: AbortSignal,
): Promise<Sent> {
  using deadlines = new Deadlines(limits);
  const either = AbortSignal.any([signal, deadlines.signal]);
  const url = new URL(request.url);
  const sentMs = now();
  const response = await fetch(url, {
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      "accept-encoding": "identity",
      ...(isTraced ? { "x-chutes-trace": "true" } : {}),
    },
    body: new TextEncoder().encode(JSON.stringify(request.payload)),
    signal: either,
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    const text = `${url.host} gave no answer: ${wordsOf(cause)}`;
    throw syntheticsError("GATEWAY_UNREACHABLE", text, {}, cause);
  });
  deadlines.fed();
  if (response.status !== 200) {
    const detail = await beginningOf(response, deadlines);
    signal.throwIfAborted();
    return { kind: "refused", status: response.status, detail };
  }
  const reader = new Reader(response, isTraced, limits, listener);
  const ending = await reader.read(deadlines).catch((error: unknown): Ending => {
    signal.throwIfAborted();
    if (error instanceof ListenerFailed) throw error.cause;
    return deadlines.signal.aborted ? "too_slow" : "broken";
  });
  const { attempts, faults, content } = reader;
  const header = response.headers.get("x-chutes-invocationid") ?? "";
  const parent = UUID.test(header) ? header : (attempts[0]?.parentInvocationId ?? null);
  const endedMs = now();
  return {
    kind: "answered",
    ending,
    parentInvocationId: parent,
    attempts,
    faults,
    content,
    sentMs,
    endedMs,
  };
}

/** What is ours went wrong while an answer was read: not the answer's fault. */
class ListenerFailed extends Error {}

/** Reads one answer: as a trace, as a stream of a model, or as one piece. */
class Reader {
  readonly #response: Response;
  readonly #limits: AnswerLimits;
  readonly #listener: SendListener;
  readonly #trace: TraceLog;
  readonly #log: AnswerLog;
  readonly #isTraced: boolean;
  readonly #told = new Map<string, Attempt>();
  #hasOverlong = false;

  constructor(response: Response, isTraced: boolean, limits: AnswerLimits, listener: SendListener) {
    this.#response = response;
    this.#limits = limits;
    this.#listener = listener;
    this.#isTraced = isTraced;
    this.#trace = new TraceLog({ maxLine: limits.maxLineBytes, maxAttempts: 5 });
    this.#log = new AnswerLog(listener.onText);
  }

  get attempts(): readonly Attempt[] {
    return this.#trace.attempts;
  }

  get faults(): readonly TraceFault[] {
    const own = this.#hasOverlong ? (["line_too_long"] as const) : [];
    return [...new Set([...this.#trace.faults, ...own])];
  }

  get content(): AnswerContent {
    return this.#log.content;
  }

  async read(deadlines: Deadlines): Promise<Ending> {
    const type = this.#response.headers.get("content-type") ?? "";
    const isStream = this.#isTraced || /^text\/event-stream\b/i.test(type);
    const cutter = new LineCutter(this.#limits.maxLineBytes);
    const whole: Uint8Array[] = [];
    let length = 0;
    for await (const piece of this.#response.body ?? []) {
      deadlines.fed();
      length += piece.length;
      if (length > this.#limits.maxTotalBytes) return "too_long";
      if (isStream) for (const line of cutter.push(piece)) await this.#line(line);
      else whole.push(piece);
    }
    if (isStream) for (const line of cutter.end()) await this.#line(line);
    else this.#whole(type, Buffer.concat(whole));
    return "complete";
  }

  async #line(line: string | null): Promise<void> {
    if (line === null) this.#hasOverlong = true;
    else if (!this.#isTraced) this.#log.line(line);
    else {
      this.#log.event(this.#trace.read(line));
      await this.#tell();
    }
  }

  /** Attempts are told when they begin and when they are settled, each time before the next line is read. */
  async #tell(): Promise<void> {
    for (const attempt of this.attempts) {
      if (this.#told.get(attempt.invocationId) === attempt) continue;
      this.#told.set(attempt.invocationId, attempt);
      await this.#listener.onAttempt(attempt).catch((cause: unknown) => {
        throw new ListenerFailed("an attempt could not be recorded", { cause });
      });
    }
  }

  #whole(contentType: string, bytes: Buffer): void {
    if (/^(application\/json|text\/)/i.test(contentType)) this.#log.body(bytes.toString("utf8"));
    else this.#log.media({ contentType, base64: bytes.toString("base64") });
  }
}

/** The beginning of a refusal, for the log; the rest is not read. */
async function beginningOf(response: Response, deadlines: Deadlines): Promise<string> {
  let text = "";
  try {
    for await (const piece of response.body ?? []) {
      deadlines.fed();
      text += Buffer.from(piece).toString("utf8");
      if (text.length >= MAX_DETAIL) break;
    }
  } catch {
    // What came is all there is to tell.
  }
  return text.slice(0, MAX_DETAIL);
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
