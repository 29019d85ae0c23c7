import type { Hex } from "@neurond/primitives";

/** `0x` and the 32 bytes of pallet and item: keys are grouped by the item they belong to. */
const ITEM_PREFIX = 2 + 64;

/** Storage keys in byte order, found by prefix; sorted once per item and again only when it grows. */
export class KeyIndex {
  readonly #items = new Map<string, Set<Hex>>();
  readonly #sorted = new Map<string, Hex[]>();

  add(key: Hex): void {
    const item = key.slice(0, ITEM_PREFIX);
    const keys = this.#items.get(item);
    if (keys?.has(key)) return;
    if (keys) keys.add(key);
    else this.#items.set(item, new Set([key]));
    this.#sorted.delete(item);
  }

  delete(key: Hex): void {
    const item = key.slice(0, ITEM_PREFIX);
    this.#items.get(item)?.delete(key);
    this.#sorted.delete(item);
  }

  under(prefix: Hex): Hex[] {
    if (prefix.length < ITEM_PREFIX) {
      const items = [...this.#items.keys()].filter((item) => item.startsWith(prefix)).sort();
      return items.flatMap((item) => this.#inItem(item));
    }
    const keys = this.#inItem(prefix.slice(0, ITEM_PREFIX));
    const from = lowerBound(keys, prefix);
    let to = from;
    while (to < keys.length && keys[to]?.startsWith(prefix)) to += 1;
    return keys.slice(from, to);
  }

  #inItem(item: string): Hex[] {
    const cached = this.#sorted.get(item);
    if (cached) return cached;
    const keys = [...(this.#items.get(item) ?? [])].sort();
    this.#sorted.set(item, keys);
    return keys;
  }
}

function lowerBound(keys: readonly Hex[], prefix: Hex): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < prefix) low = middle + 1;
    else high = middle;
  }
  return low;
}
