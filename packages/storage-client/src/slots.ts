import { Slab } from "./slab.ts";

/**
 * Memory for shards on their way, five of a usual segment, beside the segment they are made of. With six a
 * put that nothing holds up is a fifth faster, and its memory passes 300 MB.
 */
const BUDGET_BYTES = 34_000_000;

/**
 * Buffers for shards, so many and no more: who wants one waits until another comes back. This is
 * what bounds memory when miners are slower than the disk.
 */
export class Slots implements Disposable {
  readonly count: number;
  readonly bytes: number;
  readonly #slabs: readonly Slab[];
  readonly #free: Uint8Array[];
  readonly #waiting: { readonly count: number; readonly give: (slots: Uint8Array[]) => void }[] =
    [];

  constructor(count: number, bytes: number) {
    this.count = count;
    this.bytes = bytes;
    this.#slabs = Array.from({ length: count }, () => new Slab(bytes));
    this.#free = this.#slabs.map((slab) => slab.bytes);
  }

  /** For segments of so many shards: all of one at most, and two at least, however long they are. */
  static ofSegment(shards: number, bytes: number): Slots {
    return new Slots(Math.max(2, Math.min(shards, Math.floor(BUDGET_BYTES / bytes))), bytes);
  }

  /** Takes several at once, no more than there are, in the order of asking: nobody holds some while waiting for more. */
  take(count: number): Promise<readonly Uint8Array[]> {
    return new Promise((give) => {
      this.#waiting.push({ count, give });
      this.#serve();
    });
  }

  /** Gives one back. */
  release(slot: Uint8Array): void {
    this.#free.push(slot);
    this.#serve();
  }

  /** Once nobody has any. */
  [Symbol.dispose](): void {
    for (const slab of this.#slabs) slab[Symbol.dispose]();
  }

  #serve(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || this.#free.length < first.count) return;
      this.#waiting.shift();
      first.give(this.#free.splice(0, first.count));
    }
  }
}
