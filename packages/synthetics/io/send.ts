import type { Attempt, TraceFault } from "@neurond/incentive";
import type { CheckedFetch } from "@neurond/registry/io";
import { type AnswerContent, type SyntheticRequest, syntheticsError } from "@neurond/synthetics";
import { AnswerReader, type Ending, ListenerFailed, type SendListener } from "./answer-reader.ts";
import { Deadlines } from "./deadlines.ts";
import type { AnswerLimits } from "./lines.ts";

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

/** What came of a request. */
export type Sent =
  | { readonly kind: "refused"; readonly status: number; readonly detail: string }
  | {
      readonly kind: "answered";
      readonly ending: Ending;
      /** As the header states it, else the trace. */
      readonly parentInvocationId: string | null;
      readonly attempts: readonly Attempt[];
      readonly faults: readonly TraceFault[];
      readonly content: AnswerContent;
      readonly sentMs: number;
      readonly endedMs: number;
    };

const MAX_DETAIL = 2_000;
/** Longer than any id, so that one cut off is none. */
const MAX_ID = 100;

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
  const reader = new AnswerReader(response, isTraced, limits, listener);
  const ending = await reader.read(deadlines).catch((error: unknown): Ending => {
    signal.throwIfAborted();
    if (error instanceof ListenerFailed) throw error.cause;
    return deadlines.signal.aborted ? "too_slow" : "broken";
  });
  const { attempts, faults, content } = reader;
  const header = response.headers.get("x-chutes-invocationid") || null;
  const parent = (header ?? attempts[0]?.parentInvocationId)?.slice(0, MAX_ID) ?? null;
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
