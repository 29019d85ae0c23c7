import type { ErrorEntry } from "@neurond/primitives";
import type { UpstreamFailure } from "./sink.ts";

/** What a client is told when an upstream gives no answer. */
export const FORWARD_ERRORS = {
  UPSTREAM_UNREACHABLE: {
    cause: "no connection to the backend could be made; nothing was sent",
    remedy: "send again; as operator, see that the backend runs and its URL is right",
  },
  UPSTREAM_BROKEN: {
    cause: "the backend took the request and broke the connection off, or answered no HTTP",
    remedy: "look at the backend's log; it may have done the work",
  },
  UPSTREAM_TIMEOUT: {
    cause: "the backend did not answer within the route's timeoutMs",
    remedy: "allow it more time, or find out what it is busy with; it may still do the work",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of forwarding. */
export type ForwardCode = keyof typeof FORWARD_ERRORS;

interface Wording {
  readonly status: number;
  readonly code: ForwardCode;
  readonly detail: string;
}

/** The details are those of the first proxy of this kind: tools search for them. */
export const FAILURE_WORDS: Readonly<Record<Exclude<UpstreamFailure, "client-left">, Wording>> = {
  unreachable: {
    status: 502,
    code: "UPSTREAM_UNREACHABLE",
    detail: "Error connecting to backend service",
  },
  broken: { status: 502, code: "UPSTREAM_BROKEN", detail: "Error connecting to backend service" },
  timeout: { status: 504, code: "UPSTREAM_TIMEOUT", detail: "Upstream timed out" },
};
