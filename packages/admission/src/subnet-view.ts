import type { Subnet } from "./subnet.ts";

/** How long a view is good for, and by which clock. */
export interface SubnetViewOptions {
  /** A view older than this is none: who was a validator then may be nobody now. */
  readonly staleMs: number;
  /** Milliseconds; Unix time where processes share what they read, else best one that never goes back. */
  readonly now: () => number;
}

/**
 * The subnet as it stood lately. One reader refreshes it, every request judges by it, and once it is
 * too old there is none.
 */
export class SubnetView<Seen extends Subnet = Subnet> {
  readonly #options: SubnetViewOptions;
  #latest: { readonly subnet: Seen; readonly readAtMs: number } | undefined;

  constructor(options: SubnetViewOptions) {
    this.#options = options;
  }

  /** Reads the subnet anew; the last one stays when that fails, until it is too old. */
  async refresh(read: () => Promise<Seen>): Promise<Seen> {
    // Taken before the question: an answer that came late is not younger for it.
    const readAtMs = this.#options.now();
    const subnet = await read();
    this.#latest = { subnet, readAtMs };
    return subnet;
  }

  /** Takes over what another process read at a time by the same clock; false when ours is as young. */
  adopt(subnet: Seen, readAtMs: number): boolean {
    // A reader whose clock is ahead must not make its view live longer.
    const seenAtMs = Math.min(readAtMs, this.#options.now());
    if (this.#latest !== undefined && this.#latest.readAtMs >= seenAtMs) return false;
    this.#latest = { subnet, readAtMs: seenAtMs };
    return true;
  }

  /** The subnet to judge by, or undefined when there is none that is recent enough. */
  current(): Seen | undefined {
    return this.ageMs() <= this.#options.staleMs ? this.#latest?.subnet : undefined;
  }

  /** How old the view is; infinite before the first. */
  ageMs(): number {
    return this.#latest === undefined
      ? Number.POSITIVE_INFINITY
      : this.#options.now() - this.#latest.readAtMs;
  }
}
