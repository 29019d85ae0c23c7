import { setTimeout as sleep } from "node:timers/promises";
import { CodedError, type Hotkey, toHex } from "@neurond/primitives";
import {
  type ManifestShard,
  type RsPlan,
  sealKeyOf,
  shardBytes,
  shardIdOf,
} from "@neurond/workload-storage/file";
import type { StorageClientCode } from "./errors.ts";
import type { StorageNetwork } from "./network.ts";
import { Passed } from "./passed.ts";
import type { Meter } from "./progress.ts";
import type { Made, Sealed } from "./shard-work.ts";
import type { Slots } from "./slots.ts";
import { Stragglers } from "./stragglers.ts";
import type { ShardWorkers } from "./work-pool.ts";

/** What putting segments needs. */
export interface PutContext {
  readonly fileId: Uint8Array;
  readonly sealSecret: Uint8Array;
  readonly custodian: Hotkey | null;
  readonly ttlBlocks?: number;
  readonly rs: RsPlan;
  /** Shards of a segment that must be stored; the rest may wait for repair. */
  readonly minShards: number;
  /** Whether the network signs what it sends. */
  readonly isSigned: boolean;
  readonly network: Pick<StorageNetwork, "deliver" | "place">;
  readonly workers: ShardWorkers;
  readonly slots: Slots;
  readonly meter: Meter;
  readonly signal: AbortSignal;
}

/** A segment whose shards have places. */
export interface PlacedSegment {
  readonly index: number;
  /** Its encrypted bytes in shared memory, which reaches to the end of the last shard. */
  readonly data: Uint8Array;
  readonly bytes: number;
  readonly miners: readonly Hotkey[];
}

/** Parity shards made in one go, where memory allows: the data are read once for all of them. */
const GROUP = 3;
/** How often a shard looks for another miner. */
const MOVES = 3;
/** Pauses before a miner that failed is asked again because there is no other. */
const PAUSES_MS = [250, 750];
const BODY_BYTES = 65_536;

/**
 * Makes the shards of a segment and hands them over. `passed` tells how much of the segment's buffer
 * can be used again, `made` when all of it can; `stored` is when its miners have promised to keep it.
 */
export function putSegment(context: PutContext, segment: PlacedSegment) {
  const { rs, slots, workers, isSigned } = context;
  const [k, n] = rs;
  const size = shardBytes(segment.bytes, k);
  const data = segment.data.subarray(0, k * size);
  data.fill(0, segment.bytes);
  const delivery = new Delivery(context, segment);
  const deliveries: Promise<ManifestShard | null>[] = [];
  const passed = new Passed();
  const makeAll = async () => {
    const making: Promise<unknown>[] = [];
    for (const [from, to] of groupsOf(k, n, Math.min(GROUP, slots.count))) {
      const taken = await slots.take(to - from);
      const targets = taken.map((slot, at) => {
        const place = delivery.placeOf(from + at);
        return { index: from + at, slot: slot.subarray(0, size), sealKey: place.sealKey };
      });
      const run = workers.run({ kind: "make", rs, data, targets, isSigned });
      making.push(run.catch(() => undefined));
      for (const [at, slot] of taken.entries()) {
        const shard = run
          .then((made) => delivery.deliver(from + at, slot.subarray(0, size), itemAt(made, at)))
          .finally(() => slots.release(slot));
        shard.catch(() => undefined);
        deliveries.push(shard);
      }
      if (from < k)
        Promise.all(making).then(
          () => passed.pass(to * size),
          () => undefined,
        );
      if (context.signal.aborted) break;
    }
    await Promise.all(making);
    passed.pass(Number.POSITIVE_INFINITY);
  };
  const made = makeAll();
  const stored = made.then(async () => {
    const shards = await Promise.all(deliveries);
    context.signal.throwIfAborted();
    return delivery.settle(shards);
  });
  stored.catch(() => undefined);
  return { passed, made, stored };
}

/**
 * Indices from and to of what is made together. Parity first: it needs all data, and data behind
 * which nothing is made any more make room for those of the next segment.
 */
function* groupsOf(k: number, n: number, group: number): Generator<readonly [number, number]> {
  for (let from = k; from < n; from += group) yield [from, Math.min(n, from + group)];
  for (let from = 0; from < k; from += 1) yield [from, from + 1];
}

function itemAt(made: readonly Made[], at: number): Made {
  const item = made[at];
  if (item === undefined) throw new RangeError("a shard was not made");
  return item;
}

interface Place {
  readonly miner: Hotkey;
  readonly shardId: Uint8Array;
  readonly sealKey: Uint8Array;
}

/** Brings the shards of one segment to miners, to others where those fail or dawdle. */
class Delivery {
  readonly #context: PutContext;
  readonly #segment: PlacedSegment;
  readonly #stragglers: Stragglers<Hotkey>;
  readonly #used: Set<Hotkey>;
  #asking: Promise<Hotkey | null> = Promise.resolve(null);
  #failure: unknown;

  constructor(context: PutContext, segment: PlacedSegment) {
    this.#context = context;
    this.#segment = segment;
    this.#used = new Set(segment.miners);
    this.#stragglers = new Stragglers(segment.miners.length, () => this.#another());
  }

  placeOf(index: number, miner = this.#segment.miners[index]): Place {
    if (miner === undefined) throw new RangeError(`shard ${index} has no place`);
    const { fileId, sealSecret } = this.#context;
    const segment = this.#segment.index;
    const shardId = shardIdOf({ fileId, segment, index, generation: 0, miner });
    return { miner, shardId, sealKey: sealKeyOf(sealSecret, shardId) };
  }

  /** The shard as the manifest lists it; null when nobody takes it. */
  async deliver(index: number, slot: Uint8Array, made: Made): Promise<ManifestShard | null> {
    const { workers, signal, isSigned } = this.#context;
    let place = this.placeOf(index);
    let sealed: Sealed = made;
    const pauses = [...PAUSES_MS];
    for (let moves = 0; ; ) {
      signal.throwIfAborted();
      using watch = this.#stragglers.watch(signal);
      try {
        await this.#send(index, place, slot, sealed, watch.signal);
        watch.done();
        return this.#record(index, place, slot.length, { ...made, ...sealed });
      } catch (error) {
        signal.throwIfAborted();
        this.#failure ??= error;
      }
      const miner = moves < MOVES ? ((await watch.replacement()) ?? (await this.#another())) : null;
      if (miner === null) {
        const pauseMs = pauses.shift();
        if (pauseMs === undefined) return null;
        await sleep(pauseMs, undefined, { signal });
        continue;
      }
      moves += 1;
      const next = this.placeOf(index, miner);
      const [from, to] = [place.sealKey, next.sealKey];
      sealed = await workers.run({ kind: "reseal", slot, from, to, isSigned });
      place = next;
    }
  }

  /** The shards that are stored. @throws CodedError SHARDS_UNPLACED when those are too few */
  settle(shards: readonly (ManifestShard | null)[]): readonly ManifestShard[] {
    const { minShards } = this.#context;
    const stored = shards.filter((shard) => shard !== null).toSorted((a, b) => a.i - b.i);
    if (stored.length >= minShards) return stored;
    throw new CodedError<StorageClientCode>(
      "SHARDS_UNPLACED",
      `${stored.length} of ${shards.length} shards of segment ${this.#segment.index} found a miner, ${minShards} must: ${reasonOf(this.#failure)}`,
      { segment: this.#segment.index, stored: stored.length },
      { cause: this.#failure },
    );
  }

  async #send(
    index: number,
    { miner, shardId }: Place,
    slot: Uint8Array,
    { root, sha256 }: Sealed,
    signal: AbortSignal,
  ): Promise<void> {
    const { network, meter, fileId, ttlBlocks } = this.#context;
    let sent = 0;
    function* body(): Generator<Uint8Array> {
      meter.add(-sent);
      sent = 0;
      for (let at = 0; at < slot.length; at += BODY_BYTES) {
        const piece = slot.subarray(at, at + BODY_BYTES);
        yield piece;
        sent += piece.length;
        meter.add(piece.length);
      }
    }
    const segment = this.#segment.index;
    const lifetime = ttlBlocks === undefined ? {} : { ttlBlocks };
    const where = { fileId, segment, index, generation: 0, miner, shardId, ...lifetime };
    try {
      await network.deliver({ ...where, root, sha256, size: slot.length, body }, signal);
      meter.add(slot.length - sent);
    } catch (error) {
      meter.add(-sent);
      throw error;
    }
  }

  #record(
    i: number,
    { miner, shardId }: Place,
    size: number,
    { root, plainRoot }: Made,
  ): ManifestShard {
    return {
      i,
      generation: 0,
      shard_id: toHex(shardId),
      root: toHex(root),
      plain_root: toHex(plainRoot),
      size,
      miner,
      custodian: this.#context.custodian,
    };
  }

  /** A miner that has no part in the segment yet; one question at a time, or two get one answer. */
  #another(): Promise<Hotkey | null> {
    const { network, fileId, signal } = this.#context;
    const ask = async () => {
      const wanted = { fileId, segment: this.#segment.index, shards: 1, avoid: [...this.#used] };
      try {
        const [miner = null] = (await network.place(wanted, signal)).miners;
        if (miner === null || this.#used.has(miner)) return null;
        this.#used.add(miner);
        return miner;
      } catch {
        signal.throwIfAborted();
        return null; // Nobody is left, or nobody can say: why the delivery failed says more.
      }
    };
    this.#asking = this.#asking.then(ask, ask);
    return this.#asking;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
