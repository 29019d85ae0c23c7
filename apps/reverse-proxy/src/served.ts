import type { HeldBody } from "./body/read-body.ts";
import type { Exchange } from "./exchange.ts";
import type { Forwarded } from "./forward/forward.ts";
import type { Denial } from "./policy.ts";

/** How a request ended. */
export type Ending =
  | { readonly kind: "denied"; readonly denial: Denial }
  /** By the proxy itself. */
  | { readonly kind: "answered"; readonly status: number }
  | {
      readonly kind: "forwarded";
      readonly upstream: string;
      readonly queuedMs: number;
      readonly forwarded: Forwarded;
    }
  /** Answered 202; what the backend said came later. */
  | {
      readonly kind: "parked";
      readonly upstream: string;
      /** Null where it never got a slot. */
      readonly forwarded: Forwarded | null;
    }
  /** The client went away before there was an answer. */
  | { readonly kind: "left" };

/** A request that is over: for receipts and the log. */
export interface Served {
  readonly exchange: Exchange;
  readonly ending: Ending;
  /** Null where nothing was read, or the body was passed on as it came. */
  readonly held: HeldBody | null;
  readonly totalMs: number;
}

/** The status the client saw; 499 where it left before one. */
export function statusOf(ending: Ending): number {
  switch (ending.kind) {
    case "denied":
      return ending.denial.deny.status;
    case "answered":
      return ending.status;
    case "parked":
      return 202;
    case "left":
      return 499;
    case "forwarded":
      return ending.forwarded.status ?? statusOfFailure(ending.forwarded.failure);
  }
}

const statusOfFailure = (failure: Forwarded["failure"]) =>
  failure === "timeout" ? 504 : failure === "client-left" ? 499 : 502;
