import type { Arrival } from "../exchange.ts";
import type { Deny } from "../policy.ts";
import type { Body } from "./body.ts";
import type { ByteBudget } from "./budget.ts";

export interface BodyLimits {
  /** Of this route; whether the body is sent with a length or in chunks. */
  readonly maxBytes: number;
  /** Longer bodies are held in a file. */
  readonly memoryBytes: number;
  /** From now to the last byte. */
  readonly deadlineMs: number;
  /** Slower bodies are given up; 0 waits until the deadline. */
  readonly minBytesPerSecond: number;
  /** Shared by all requests. */
  readonly budget: ByteBudget;
  /** Where files go; the system's directory for temporary files unless given. */
  readonly directory?: string;
}

/** A whole body, held until released: its bytes count against the budget, its file is open. */
export interface HeldBody {
  readonly kind: "held";
  readonly body: Exclude<Body, { kind: "stream" }>;
  readonly sizeBytes: number;
  /** Of the bytes as received, 32 bytes. */
  readonly sha256: Buffer;
  /** Call once the request is over, however it ended; again does nothing. */
  readonly release: () => void;
}

export type BodyRead =
  | HeldBody
  | { readonly kind: "denied"; readonly deny: Deny }
  /** The client went away: there is nobody to answer. */
  | { readonly kind: "left" };

/** Reads a body whole, hashing it as it comes; says 100 first to a client that waits for it. */
export declare function readBody(arrival: Arrival, limits: BodyLimits): Promise<BodyRead>;
