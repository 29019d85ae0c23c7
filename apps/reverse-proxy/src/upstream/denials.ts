import type { ErrorEntry } from "@neurond/primitives";
import type { Deny } from "../policy.ts";

/** Reasons why a request gets no slot. */
export const QUEUE_DENIALS = {
  QUEUE_FULL: {
    cause: "as many requests as may wait for the upstream, and none with a place after this one",
    remedy: "wait as long as Retry-After says; as operator, add servers or raise queue.maxWaiting",
  },
  QUEUE_HOTKEY_FULL: {
    cause: "as many requests of one hotkey wait as may",
    remedy: "send fewer at once; as operator, see queue.maxPerHotkey",
  },
  QUEUE_HOPELESS: {
    cause: "the caller's own timeout would be over before its turn",
    remedy: "send a longer X-Client-Timeout, or try again later",
  },
  QUEUE_TIMEOUT: {
    cause: "no slot became free within the caller's timeout or queue.maxWaitMs",
    remedy: "wait as long as Retry-After says",
  },
  UPSTREAM_DOWN: {
    cause: "no server of the upstream is up: they fail, or their health checks do",
    remedy: "try again later; as operator, see the servers and neuron_proxy_breaker_state",
  },
  CLIENT_LEFT: {
    cause: "the caller closed its connection while it waited",
    remedy: "nothing, unless its timeout is too short",
  },
} as const satisfies Record<string, ErrorEntry>;

export type QueueCode = keyof typeof QUEUE_DENIALS;

/** HTTP status of each. */
export const QUEUE_STATUS: Readonly<Record<QueueCode, number>> = {
  QUEUE_FULL: 503,
  QUEUE_HOTKEY_FULL: 429,
  QUEUE_HOPELESS: 503,
  QUEUE_TIMEOUT: 503,
  UPSTREAM_DOWN: 503,
  // Nobody is there to read it; the code of nginx for that, in logs.
  CLIENT_LEFT: 499,
};

/** What is told to a request that got no slot: where it stood, and when to come back. */
export interface QueueView {
  readonly upstream: string;
  readonly waiting: number;
  /** Until a slot would be free for one who came now; null while nothing is known. */
  readonly estimateMs: number | null;
  /** Until something changes for certain, as a breaker that tries again; null where nothing does. */
  readonly retryMs?: number | null;
}

const MAX_RETRY_AFTER_S = 120;

/** The answer to a request that got no slot. */
export function noSlot(code: QueueCode, view: QueueView): Deny {
  const waitMs = Math.max(view.estimateMs ?? 0, view.retryMs ?? 0);
  const retryAfter = Math.min(MAX_RETRY_AFTER_S, Math.max(1, Math.ceil(waitMs / 1_000)));
  return {
    status: QUEUE_STATUS[code],
    code,
    detail: detailOf(code, view, retryAfter),
    headers: {
      "Retry-After": String(retryAfter),
      "X-Queue-Depth": String(view.waiting),
      ...(view.estimateMs !== null && { "X-Queue-Estimate-Ms": String(view.estimateMs) }),
    },
  };
}

function detailOf(code: QueueCode, { upstream, waiting }: QueueView, retryAfter: number): string {
  const again = `try again in ${retryAfter} s`;
  switch (code) {
    case "QUEUE_FULL":
      return `${waiting} requests wait for "${upstream}" already; ${again}`;
    case "QUEUE_HOTKEY_FULL":
      return `too many of your requests wait for "${upstream}"; let them end or ${again}`;
    case "QUEUE_HOPELESS":
      return `"${upstream}" would not be free within your timeout; raise it or ${again}`;
    case "QUEUE_TIMEOUT":
      return `no slot of "${upstream}" became free in time; ${again}`;
    case "UPSTREAM_DOWN":
      return `no server of "${upstream}" is up; ${again}`;
    case "CLIENT_LEFT":
      return `the client left while it waited for "${upstream}"`;
  }
}
