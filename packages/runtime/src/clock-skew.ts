import { CodedError } from "@neurond/primitives";
import type { AnswerHeaders } from "./answer-headers.ts";
import type { RuntimeCode } from "./errors.ts";

/** Between these times a peer stamped its answer, by our clock. */
export interface Exchange {
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

/** Below it a clock is not to blame: windows are wider, and `Date` counts whole seconds. */
const NOTABLE_MS = 1_500;
const AGE_WORDS = /"?(?:STALE|FUTURE)"?|too stale|post-dated/;

/**
 * How far a peer's clock is ahead of ours, by `X-Server-Time` (Unix milliseconds), else by `Date`; null
 * where it told neither. Off by half the time of the exchange at most, and half a second for `Date`.
 */
export function clockOffsetMs(
  headers: AnswerHeaders,
  { sentAtMs, receivedAtMs }: Exchange,
): number | null {
  const theirs = serverTimeMs(headers);
  return theirs === null ? null : Math.round(theirs - (sentAtMs + receivedAtMs) / 2);
}

/** The error of a request refused for its age by a peer whose clock differs; undefined for all else. */
export function explainSkew(
  url: URL,
  words: string,
  headers: AnswerHeaders,
  exchange: Exchange,
): CodedError<RuntimeCode> | undefined {
  if (!AGE_WORDS.test(words)) return undefined;
  const offsetMs = clockOffsetMs(headers, exchange);
  if (offsetMs === null || Math.abs(offsetMs) < NOTABLE_MS) return undefined;
  const side = offsetMs > 0 ? "behind" : "ahead of";
  return new CodedError(
    "CLOCK_SKEW",
    `our clock is ${Math.abs(offsetMs)} ms ${side} that of ${url.origin}: synchronise the clocks`,
    { url: url.origin, offsetMs },
  );
}

function serverTimeMs(headers: AnswerHeaders): number | null {
  const exact = headers.get("x-server-time") ?? "";
  if (/^[1-9][0-9]{12}$/.test(exact)) return Number(exact);
  const seconds = Date.parse(headers.get("date") ?? "");
  // Cut off to the second: on average it was half of one later.
  return Number.isNaN(seconds) ? null : seconds + 500;
}
