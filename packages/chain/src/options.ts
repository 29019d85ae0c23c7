import type { Keypair } from "@neurond/crypto";
import type { BlockNumber, Hex } from "@neurond/primitives";

/** Limits of one call. Without `timeoutMs` the client's own deadline holds. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** A block: by hash, by height, or by role. */
export type At = Hex | BlockNumber | "best" | "finalized";

/** Limits of a read, and the block it reads (default: best). */
export interface ReadOptions extends CallOptions {
  readonly at?: At;
}

/** Limits of a write, and how sure to be before it counts as included (default: best). */
export interface WriteOptions extends CallOptions {
  readonly until?: "best" | "finalized";
}

/** What signs an extrinsic. */
export type Signer = Pick<Keypair, "publicKey" | "scheme" | "sign">;
