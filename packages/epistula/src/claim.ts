import type { Scheme } from "@neurond/crypto";
import type { Peer } from "./peer-memo.ts";
import { millisecondsToNs } from "./window.ts";

/** Digits of a nanosecond below the millisecond. */
const NS_DIGITS = 6;

/** Which signature headers an Epistula v2 request carried. */
export type Dialect = "v2" | "dippy" | "mixed";

/** A well-formed btauth/1 request, not yet believed. */
export interface BtauthClaim {
  readonly kind: "btauth";
  readonly sender: Peer;
  readonly receiver: string | null;
  readonly signatureScheme: Scheme;
  /** Unix nanoseconds as sent: beyond what a number holds. */
  readonly nonce: string;
  readonly method: string;
  readonly target: string;
  readonly signature: Uint8Array;
  /** Uuid of an Epistula signature on the same request: spent with the nonce. */
  readonly uuidBeside: string | null;
}

/** A well-formed Epistula v2 request, not yet believed. */
export interface EpistulaClaim {
  readonly kind: "epistula";
  readonly dialect: Dialect;
  readonly sender: Peer;
  readonly receiver: string | null;
  readonly uuid: string;
  /** Unix milliseconds as sent. */
  readonly timestamp: string;
  readonly method: string;
  readonly target: string;
  readonly signature: Uint8Array;
  /** Our additive signature over method and target. */
  readonly binding: Uint8Array | null;
  /** Nonce of a btauth signature on the same request: spent with the uuid. */
  readonly nonceBeside: string | null;
}

/** A well-formed request of a dendrite, not yet believed. */
export interface AxonClaim {
  readonly kind: "axon";
  readonly sender: Peer;
  readonly receiver: string;
  /** Unix nanoseconds as sent. */
  readonly nonce: string;
  /** One for the life of the dendrite. */
  readonly uuid: string;
  /** What the sender says it will wait, unsigned; within our bound. */
  readonly timeoutMs: number;
  /** SHA3-256 in digits over the fields its author declared; over nothing, mostly. */
  readonly bodyHash: string;
  readonly signature: Uint8Array;
}

/** What a header block says of itself, in shape. */
export type Claim = BtauthClaim | EpistulaClaim | AxonClaim;

/** When the sender says it signed, in Unix milliseconds; nanoseconds are cut off. */
export function signedTimeMs(claim: Claim): number {
  return Number(claim.kind === "epistula" ? claim.timestamp : claim.nonce.slice(0, -NS_DIGITS));
}

/** When the sender says it signed, in Unix nanoseconds. */
export function signedTimeNs(claim: Claim): bigint {
  return claim.kind === "epistula"
    ? millisecondsToNs(Number(claim.timestamp))
    : BigInt(claim.nonce);
}
