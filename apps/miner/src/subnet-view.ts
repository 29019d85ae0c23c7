import type { Chain, Metagraph } from "@neurond/chain";
import type { Netuid } from "@neurond/primitives";

/** What the view reads the chain with. */
export type MetagraphReader = Pick<Chain, "metagraph">;

export interface SubnetViewOptions {
  readonly chain: MetagraphReader;
  readonly netuid: Netuid;
  /** A view older than this is none: who was a validator then may be nobody now. */
  readonly staleMs: number;
  /** Milliseconds that never go back. */
  readonly now?: () => number;
}

/**
 * The subnet as it stood lately. One reader refreshes it, every request judges by it, and once it is
 * too old there is none.
 */
export class SubnetView {
  readonly #options: SubnetViewOptions;
  readonly #now: () => number;
  #latest: { readonly metagraph: Metagraph; readonly readAt: number } | undefined;

  constructor(options: SubnetViewOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Reads the metagraph anew; the last one stays when that fails, until it is too old. */
  async refresh(signal: AbortSignal): Promise<Metagraph> {
    const { chain, netuid } = this.#options;
    // Taken before the question: an answer that came late is not younger for it.
    const readAt = this.#now();
    const metagraph = await chain.metagraph({ netuid }, { signal });
    this.#latest = { metagraph, readAt };
    return metagraph;
  }

  /** The metagraph to judge by, or undefined when there is none that is recent enough. */
  current(): Metagraph | undefined {
    return this.ageMs() <= this.#options.staleMs ? this.#latest?.metagraph : undefined;
  }

  /** How old the view is; infinite before the first. */
  ageMs(): number {
    return this.#latest === undefined
      ? Number.POSITIVE_INFINITY
      : this.#now() - this.#latest.readAt;
  }
}
