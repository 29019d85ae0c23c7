import type { BlockNumber, Hex } from "@neurond/primitives";

/** A block header, as far as it matters here. */
export interface Head {
  readonly number: BlockNumber;
  readonly hash: Hex;
  readonly parentHash: Hex;
}

/** A new best block; `fellBackFrom` when the height went down (reorganisation, restarted node). */
export interface NewHead extends Head {
  readonly fellBackFrom?: BlockNumber;
}

/** The connection as it is now; costs no request. */
export interface ChainStatus {
  readonly endpoint: string | undefined;
  readonly connected: boolean;
  /** The endpoint answers, but no new block came for the stall time. */
  readonly stalled: boolean;
  readonly genesisHash: Hex;
  readonly specVersion: number;
  readonly best: Head | undefined;
  /** Milliseconds since the last new best block was seen. */
  readonly headAgeMs: number;
  /** Connections opened since start, including the first. */
  readonly connections: number;
  /** How often the best height went down. */
  readonly fallbacks: number;
  readonly lastError: Error | undefined;
}

/** Chain time against the local clock. */
export interface ChainClock {
  /** `Timestamp.Now` of the block. */
  readonly chainMs: number;
  /**
   * Local minus chain time. A block is up to one block time old when read, so between 0 and
   * `blockTimeMs` (plus latency) is normal.
   */
  readonly clockSkewMs: number;
  /** Measured over the last blocks; falls back to the runtime's constant near genesis. */
  readonly blockTimeMs: number;
  /** Skew beyond what block age explains: the clock is wrong, or the chain stands still. */
  readonly suspect: boolean;
}

/** An event of a block with its fields by name (or position). */
export interface ChainEvent {
  readonly pallet: string;
  readonly name: string;
  readonly fields: unknown;
  /** Index of the extrinsic that caused it; undefined for block initialisation and finalisation. */
  readonly extrinsic: number | undefined;
}
