import { createHash } from "node:crypto";
import type { Hex } from "@neurond/primitives";
import { KeyIndex } from "./key-index.ts";

/** Read access to storage as of one block. Keys and prefixes are lower-case hex. */
export interface StateReader {
  get(key: Hex): Uint8Array | undefined;
  /** Existing keys under a prefix, in byte order. */
  keys(prefix: Hex): Hex[];
}

/** A key's value after a block; absent when the block deleted it. */
export type Change = readonly [key: Hex, value: Uint8Array | undefined];

interface Version {
  readonly height: number;
  readonly value: Uint8Array | undefined;
}

const MODULUS = 1n << 256n;

/**
 * Key-value storage with history: writes go to the open block, `commit` closes it, and every
 * closed block stays readable through `at` until it is pruned or rewound.
 */
export class State implements StateReader {
  readonly #current = new Map<Hex, Uint8Array>();
  readonly #history = new Map<Hex, Version[]>();
  /** Every key that exists now or in some version of the past. */
  readonly #keys = new KeyIndex();
  /** Former values of what the open block wrote, oldest first. */
  readonly #undo: Change[] = [];
  #root = 0n;

  get(key: Hex): Uint8Array | undefined {
    return this.#current.get(key);
  }

  keys(prefix: Hex): Hex[] {
    return this.#keys.under(prefix).filter((key) => this.#current.has(key));
  }

  set(key: Hex, value: Uint8Array): void {
    this.#write(key, value);
  }

  delete(key: Hex): void {
    if (this.#current.has(key)) this.#write(key, undefined);
  }

  /** Runs `body` as one unit: when it throws, nothing of what it wrote remains. */
  transact<T>(body: () => T): T {
    const mark = this.#undo.length;
    try {
      return body();
    } catch (error) {
      this.#rollBackTo(mark);
      throw error;
    }
  }

  /** Drops everything the open block wrote. */
  discard(): void {
    this.#rollBackTo(0);
  }

  /** Closes the open block at `height` and answers with what it changed. */
  commit(height: number): Change[] {
    const before = new Map<Hex, Uint8Array | undefined>();
    for (const [key, former] of this.#undo) if (!before.has(key)) before.set(key, former);
    this.#undo.length = 0;
    const changes: Change[] = [];
    for (const [key, former] of before) {
      const value = this.#current.get(key);
      if (same(former, value)) continue;
      this.#record(key, height, value);
      this.#root += digest(key, value) - digest(key, former);
      changes.push([key, value]);
    }
    this.#root = ((this.#root % MODULUS) + MODULUS) % MODULUS;
    return changes;
  }

  /**
   * A digest of the whole content that is cheap to keep: the sum of the entries' hashes, so that
   * it does not depend on the order of writes. Not a Merkle root; no client checks it.
   */
  root(): Hex {
    return `0x${this.#root.toString(16).padStart(64, "0")}`;
  }

  /** Storage as it was after the block at `height`. */
  at(height: number): StateReader {
    const get = (key: Hex) => valueAt(this.#history.get(key), height);
    return {
      get,
      keys: (prefix) => this.#keys.under(prefix).filter((key) => get(key) !== undefined),
    };
  }

  /** Forgets every block above `height`, and what the open block wrote. */
  rewind(height: number): void {
    this.discard();
    for (const [key, versions] of this.#history) {
      if ((versions.at(-1)?.height ?? -1) <= height) continue;
      const kept = versions.filter((version) => version.height <= height);
      this.#history.set(key, kept);
      const value = kept.at(-1)?.value;
      this.#root += digest(key, value) - digest(key, this.#current.get(key));
      if (value) this.#current.set(key, value);
      else this.#current.delete(key);
    }
    this.#root = ((this.#root % MODULUS) + MODULUS) % MODULUS;
  }

  /** Drops history that only blocks below `height` can see. */
  prune(height: number): void {
    for (const [key, versions] of this.#history) {
      const oldest = lastIndexAt(versions, height);
      if (oldest > 0) versions.splice(0, oldest);
      if (versions.length === 1 && versions[0]?.value === undefined) this.#forget(key);
    }
  }

  #write(key: Hex, value: Uint8Array | undefined): void {
    this.#undo.push([key, this.#current.get(key)]);
    if (value) this.#current.set(key, value);
    else this.#current.delete(key);
    this.#keys.add(key);
  }

  #rollBackTo(mark: number): void {
    while (this.#undo.length > mark) {
      const change = this.#undo.pop();
      if (!change) return;
      const [key, former] = change;
      if (former) this.#current.set(key, former);
      else this.#current.delete(key);
    }
  }

  #record(key: Hex, height: number, value: Uint8Array | undefined): void {
    const versions = this.#history.get(key);
    if (versions) versions.push({ height, value });
    else this.#history.set(key, [{ height, value }]);
  }

  #forget(key: Hex): void {
    this.#history.delete(key);
    this.#keys.delete(key);
  }
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
  a === b || (a !== undefined && b !== undefined && Buffer.compare(a, b) === 0);

function digest(key: Hex, value: Uint8Array | undefined): bigint {
  if (!value) return 0n;
  const hash = createHash("sha256").update(key).update(":").update(value).digest("hex");
  return BigInt(`0x${hash}`);
}

/** Index of the last version at or below a height; -1 when there is none. */
function lastIndexAt(versions: readonly Version[], height: number): number {
  let low = 0;
  let high = versions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((versions[middle]?.height ?? 0) <= height) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const valueAt = (versions: readonly Version[] | undefined, height: number) =>
  versions?.[lastIndexAt(versions, height)]?.value;
