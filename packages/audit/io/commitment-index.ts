import type { Chain } from "@neurond/chain";
import type { CommitmentFact } from "@neurond/consensus";
import type { BlockNumber, Hotkey, Netuid } from "@neurond/primitives";
import { readCommitments, type SeenField } from "./read-commitments.ts";

/** Blocks read between two looks at how far it came. */
const BATCH = 50;

/**
 * Who committed to what, read off the chain once and kept in memory: a slot on chain shows only the
 * last commitment, so the blocks are the only source. A restart reads the last runs again.
 */
export class CommitmentIndex {
  readonly #chain: Chain;
  readonly #netuid: Netuid;
  #from = 0;
  #scannedTo = -1;
  #seen: SeenField[] = [];

  constructor(chain: Chain, netuid: Netuid) {
    this.#chain = chain;
    this.#netuid = netuid;
  }

  /** Reads on to a final block, from `oldest` at the earliest, and forgets what is older. */
  async read(oldest: number, finalized: BlockNumber, signal: AbortSignal): Promise<void> {
    if (oldest < this.#from || oldest > this.#scannedTo + 1) {
      this.#seen = [];
      this.#scannedTo = oldest - 1;
    }
    this.#from = oldest;
    this.#seen = this.#seen.filter(({ fact }) => fact.block >= oldest);
    while (this.#scannedTo < finalized) {
      const from = this.#scannedTo + 1;
      const to = Math.min(from + BATCH - 1, finalized);
      const range = { netuid: this.#netuid, from, to };
      this.#seen.push(...(await readCommitments(this.#chain, range, signal)));
      this.#scannedTo = to;
    }
  }

  /** Fields by hotkey, in the order of the chain. */
  byHotkey(): ReadonlyMap<Hotkey, readonly CommitmentFact[]> {
    const fields = new Map<Hotkey, CommitmentFact[]>();
    for (const { hotkey, fact } of this.#seen) {
      const known = fields.get(hotkey);
      if (known === undefined) fields.set(hotkey, [fact]);
      else known.push(fact);
    }
    return fields;
  }
}
