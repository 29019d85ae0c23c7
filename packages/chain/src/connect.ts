import type { Hex } from "@neurond/primitives";
import type { Chain } from "./chain.ts";

/** Where the chain is and how patient to be. */
export interface ConnectOptions {
  /** Tried in order, then round again. All must be nodes of one chain. */
  readonly endpoints: readonly string[];
  /** Deadline of a read without its own `timeoutMs`; default 30 s. */
  readonly timeoutMs?: number;
  /** Deadline of a write, from signing to its place in a block; default 120 s. */
  readonly writeTimeoutMs?: number;
  /** Deadline of opening a connection and its first answers; default 15 s. */
  readonly openTimeoutMs?: number;
  /** Pause between two probes of an idle connection; default 10 s. */
  readonly probeMs?: number;
  /** Deadline of a probe's answer; default 5 s. */
  readonly probeTimeoutMs?: number;
  /**
   * No new block for this long means the endpoint is dead although its socket is open; default
   * three block times of the runtime. 0 = never, for chains which make blocks on demand.
   */
  readonly stallMs?: number;
  /** A connection is replaced after this time, so that nothing grows for ever; default one hour. */
  readonly recycleMs?: number;
  /** First and longest pause between attempts to connect. */
  readonly backoffMs?: { readonly first: number; readonly longest: number };
  /** Genesis hash the endpoints must have; default: that of the first one that answers. */
  readonly genesisHash?: Hex;
  /** The local clock, for tests of skew. */
  readonly now?: () => number;
}

/**
 * Connects to a Bittensor chain. Everything that talks to it is loaded here, so importing this
 * package for its types costs nothing.
 * Rejects when no endpoint works within the call deadline.
 */
export async function connectChain(options: ConnectOptions, signal?: AbortSignal): Promise<Chain> {
  const { openChain } = await import("./client.ts");
  return openChain(options, signal);
}
