import { readFile, rename, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isLoss } from "../loss.ts";
import { type ShardName, shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";

/** What a scrub found. */
export interface Scrubbed {
  readonly intact: number;
  /** Not the bytes that were stored, or not readable: to be conceded, deleted and repaired. */
  readonly damaged: readonly ShardName[];
}

/** What scrubbing needs of a store. */
export type ScrubbedStore = Pick<
  ShardStore,
  "promised" | "receiptOf" | "isIntact" | "markLost" | "markFound" | "lost" | "usedBytes"
>;

/**
 * Hashes a shard against its root, and notes in the store what that shows. Null when it shows nothing:
 * the shard left or came meanwhile, or cannot be reached.
 */
export async function scrubShard(store: ScrubbedStore, name: ShardName): Promise<boolean | null> {
  const before = store.receiptOf(name);
  if (before === undefined) return null;
  let intact: boolean;
  try {
    intact = await store.isIntact(name);
  } catch (error) {
    // A sector that cannot be read is as lost as one that reads wrong.
    if (!isLoss(error)) return null;
    intact = false;
  }
  if (store.receiptOf(name) !== before) return null;
  if (!intact) await store.markLost(name);
  else if (store.lost.has(name)) await store.markFound(name);
  return intact;
}

/**
 * Hashes every shard against its root, one after the other. Roots need no secret, so that a miner
 * knows of rot before it is asked: once per period is due.
 */
export async function scrubShards(store: ScrubbedStore, signal: AbortSignal): Promise<Scrubbed> {
  const damaged: ShardName[] = [];
  let intact = 0;
  for (const { receipt } of store.promised()) {
    signal.throwIfAborted();
    const name = shardNameOf(receipt.shardId);
    const found = await scrubShard(store, name);
    if (found === true) intact += 1;
    else if (found === false) damaged.push(name);
  }
  return { intact, damaged };
}

export interface ScrubOptions {
  readonly store: ScrubbedStore;
  /** A file that keeps how far a pass came, so that a restart goes on there. */
  readonly progress: string;
  /** Seconds for all shards once. */
  readonly passSeconds: number;
  /** Reads at most so fast, even if a pass then takes longer. */
  readonly maxBytesPerSecond: number;
  /** Does one shard's reading when the disk has time. */
  readonly inLane: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly onScrubbed?: (name: ShardName, intact: boolean | null) => void;
}

/** A quiet disk is not read faster than this for the sake of a few shards. */
const LEAST_PAUSE_MS = 10;
const IDLE_MS = 60_000;
const KEEP_EVERY = 16;

/** Scrubs without end, as slowly as a pass may take, in the order of names; what is suspected goes first. */
export class Scrub {
  readonly #options: ScrubOptions;
  readonly #suspects = new Set<ShardName>();
  #after = "";
  #wake: (() => void) | null = null;

  constructor(options: ScrubOptions) {
    this.#options = options;
  }

  /** A shard that could not be read: looked at next. */
  suspect(name: ShardName): void {
    this.#suspects.add(name);
    this.#wake?.();
  }

  /** Scrubs until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    this.#after = await readFile(this.#options.progress, "utf8").catch(() => "");
    while (!signal.aborted) {
      const scrubbed = await this.pass(signal);
      if (scrubbed === 0) await this.#pause(IDLE_MS, signal);
    }
  }

  /** From where the last pass stopped to the last shard; how many were looked at. */
  async pass(signal: AbortSignal): Promise<number> {
    const names = this.#options.store
      .promised()
      .map(({ receipt }) => shardNameOf(receipt.shardId))
      .filter((name) => name > this.#after)
      .sort();
    let done = 0;
    for (const name of names) {
      for (const suspect of this.#suspects) await this.#look(suspect, signal);
      await this.#look(name, signal);
      if (signal.aborted) return done;
      this.#after = name;
      done += 1;
      if (done % KEEP_EVERY === 0) await this.#keep();
    }
    this.#after = "";
    await this.#keep();
    for (const suspect of this.#suspects) await this.#look(suspect, signal);
    return done;
  }

  async #look(name: ShardName, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { store, inLane, onScrubbed } = this.#options;
    this.#suspects.delete(name);
    const began = performance.now();
    const size = store.receiptOf(name)?.receipt.size ?? 0;
    const intact = await inLane(() => scrubShard(store, name)).catch(() => null);
    onScrubbed?.(name, intact);
    const due = (size / this.#bytesPerSecond()) * 1000 - (performance.now() - began);
    await this.#pause(Math.max(LEAST_PAUSE_MS, due), signal);
  }

  #bytesPerSecond(): number {
    const { store, passSeconds, maxBytesPerSecond } = this.#options;
    return Math.min(maxBytesPerSecond, Math.max(1, store.usedBytes / passSeconds));
  }

  /** Ends early when a suspect comes up. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#suspects.size > 0) return;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(
      () => undefined,
    );
    this.#wake = null;
  }

  /** Not synced: at worst a few shards are read twice. */
  async #keep(): Promise<void> {
    const { progress } = this.#options;
    await writeFile(`${progress}.new`, this.#after);
    await rename(`${progress}.new`, progress);
  }
}
