import { comparePlaces, type Place } from "./queue-rank.ts";

/**
 * Who waits, in order, with a count for each hotkey. An array: the line is short (its length is
 * bounded), and both ends, any place and the number ahead are asked for.
 */
export class WaitingLine<Waiter extends { readonly place: Place; readonly owner: string }> {
  readonly #waiters: Waiter[] = [];
  readonly #byOwner = new Map<string, number>();

  get size(): number {
    return this.#waiters.length;
  }

  get first(): Waiter | undefined {
    return this.#waiters[0];
  }

  get last(): Waiter | undefined {
    return this.#waiters.at(-1);
  }

  countOf(owner: string): number {
    return this.#byOwner.get(owner) ?? 0;
  }

  /** How many would go before one at `place`. */
  ahead(place: Place): number {
    let [low, high] = [0, this.#waiters.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const waiter = this.#waiters[middle];
      if (waiter !== undefined && comparePlaces(waiter.place, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add(waiter: Waiter): void {
    this.#waiters.splice(this.ahead(waiter.place), 0, waiter);
    this.#byOwner.set(waiter.owner, this.countOf(waiter.owner) + 1);
  }

  /** False when it did not wait any more. */
  remove(waiter: Waiter): boolean {
    const index = this.ahead(waiter.place);
    if (this.#waiters[index] !== waiter) return false;
    this.#waiters.splice(index, 1);
    const left = this.countOf(waiter.owner) - 1;
    if (left === 0) this.#byOwner.delete(waiter.owner);
    else this.#byOwner.set(waiter.owner, left);
    return true;
  }
}
