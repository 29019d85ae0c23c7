import type { Hex, Hotkey } from "@neurond/primitives";
import type { Standing } from "./admission.ts";
import type { Dialect } from "./claim.ts";
import type { AuthPolicy } from "./policy.ts";

/** Who called, proven; what its signature covers, and when. */
export interface Principal {
  readonly hotkey: Hotkey;
  readonly standing: Standing | null;
  readonly scheme: "btauth/1" | "epistula/2" | "epistula/1" | "axon";
  /** Null but for Epistula v2. */
  readonly dialect: Dialect | null;
  /** Our own hotkey the request names; null where the route lets unbound ones in. */
  readonly receiver: string | null;
  /** What was spent: nonce (btauth, axon), uuid (Epistula v2), digest of the body (v1). */
  readonly nonce: string;
  /** When the sender signed, in Unix milliseconds; nanoseconds are cut off. */
  readonly signedAtMs: number;
  /** `signedAtMs` less our clock at the end of the header block. */
  readonly clockOffsetMs: number;
  /** Of the bytes received. */
  readonly bodySha256: Hex;
  /** Whether the body is the sender's word; of a dendrite's only what `axonFields` declare, once checked. */
  readonly coversBody: boolean;
  /** Whether the signature covers method and target as well. */
  readonly coversTarget: boolean;
}

/** A request with a valid signature, which may still be a copy: only `spendNonce` makes it a principal. */
export interface Signed {
  readonly kind: "signed";
  readonly principal: Principal;
  readonly replayKeys: readonly [string, ...string[]];
  /** What a dendrite signed of its body; null for all others. */
  readonly axonBodyHash: string | null;
  readonly judgedAtMs: number;
  readonly policy: AuthPolicy;
}
