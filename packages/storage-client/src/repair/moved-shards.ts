import { CodedError, fromHex, type Hotkey, toHex } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import {
  type Manifest,
  type ManifestShard,
  sealKeyOf,
  shardIdOf,
} from "@neurond/workload-storage/file";
import type { StorageNetwork } from "../network.ts";
import type { Made } from "../shard-work.ts";
import type { ShardWorkers } from "../work-pool.ts";

/** What moving shards of one segment needs. */
export interface MoveContext {
  readonly manifest: Manifest;
  readonly segment: number;
  /** Generation of what is moved: never used at this place before, so no keystream is used twice. */
  readonly round: number;
  /** The k data shards. */
  readonly data: Uint8Array;
  /** Bytes of a shard. */
  readonly size: number;
  /** What each shard must be before it is sealed, by index. */
  readonly plainRoots: ReadonlyMap<number, string>;
  readonly custodian: Hotkey;
  readonly sealSecret: Uint8Array;
  readonly network: Pick<StorageNetwork, "place" | "deliver">;
  readonly workers: ShardWorkers;
  /** Miners with a part in the segment. */
  readonly avoid: readonly Hotkey[];
  readonly signal: AbortSignal;
}

/** A miner for a shard, and the blocks that are left of the file's term. */
interface Taker {
  readonly miner: Hotkey;
  readonly ttlBlocks: number;
}

/** Shards on their way at once, each with its own memory. */
const AT_ONCE = 2;
/** How often a shard looks for another miner. */
const MOVES = 3;
const BODY_BYTES = 65_536;

/** Makes shards of a segment anew and brings them to miners that have none of it. */
export class MovedShards {
  readonly #context: MoveContext;
  readonly #used: Set<Hotkey>;
  #asking: Promise<Taker | null> = Promise.resolve(null);
  #first: Taker | null = null;

  constructor(context: MoveContext) {
    this.#context = context;
    this.#used = new Set(context.avoid);
  }

  /** Whether any miner takes a shard; the first that is moved goes there. */
  async findTaker(): Promise<boolean> {
    this.#first ??= await this.#another();
    return this.#first !== null;
  }

  /** The shards that found a miner. @throws CodedError ROOT_MISMATCH */
  async move(indices: readonly number[]): Promise<readonly ManifestShard[]> {
    const moved: ManifestShard[] = [];
    const waiting = indices.values();
    const lane = async () => {
      const slot = new Uint8Array(new SharedArrayBuffer(this.#context.size));
      for (const index of waiting) {
        const shard = await this.#moveOne(index, slot);
        if (shard !== null) moved.push(shard);
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return moved;
  }

  async #moveOne(index: number, slot: Uint8Array): Promise<ManifestShard | null> {
    const { signal } = this.#context;
    for (let tries = 0; tries <= MOVES; tries += 1) {
      const found = this.#first;
      this.#first = null;
      const taker = found ?? (await this.#another());
      if (taker === null) return null;
      try {
        return await this.#give(index, taker, slot);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof CodedError && error.code === "ROOT_MISMATCH") throw error;
      }
    }
    return null;
  }

  async #give(
    index: number,
    { miner, ttlBlocks }: Taker,
    slot: Uint8Array,
  ): Promise<ManifestShard> {
    const { manifest, segment, round: generation, custodian, network, signal } = this.#context;
    const fileId = fromHex(manifest.id);
    const shardId = shardIdOf({ fileId, segment, index, generation, miner });
    const { root, plainRoot, sha256 } = await this.#make(index, shardId, slot);
    const { size } = this.#context;
    const place = { fileId, segment, index, generation, miner, shardId };
    const body = () => piecesOf(slot);
    await network.deliver({ ...place, root, sha256, size, body, ttlBlocks }, signal);
    return {
      i: index,
      generation,
      shard_id: toHex(shardId),
      root: toHex(root),
      plain_root: toHex(plainRoot),
      size,
      miner,
      custodian,
    };
  }

  async #make(index: number, shardId: Uint8Array, slot: Uint8Array): Promise<Made> {
    const { manifest, data, sealSecret, workers, plainRoots } = this.#context;
    const targets = [{ index, slot, sealKey: sealKeyOf(sealSecret, shardId) }];
    const job = { kind: "make", rs: manifest.rs, data, targets, isSigned: true } as const;
    const [made] = await workers.run(job);
    if (made === undefined) throw new RangeError("a shard was not made");
    const due = plainRoots.get(index);
    if (due === undefined || due === toHex(made.plainRoot)) return made;
    throw new CodedError<StorageCode>(
      "ROOT_MISMATCH",
      `shard ${index} was made anew with other bytes than its owner stored: nothing is replaced`,
      { index, segment: this.#context.segment },
    );
  }

  /** A miner without a part in the segment; one question at a time, or two get one answer. */
  #another(): Promise<Taker | null> {
    const { network, manifest, segment, signal } = this.#context;
    const ask = async () => {
      const wanted = { fileId: fromHex(manifest.id), segment, shards: 1, avoid: [...this.#used] };
      try {
        const { miners, created } = await network.place(wanted, signal);
        const [miner] = miners;
        if (miner === undefined || this.#used.has(miner)) return null;
        this.#used.add(miner);
        return { miner, ttlBlocks: Math.max(1, manifest.expires - created) };
      } catch {
        signal.throwIfAborted();
        return null; // Nobody is left, or nobody can say: what found a place is kept.
      }
    };
    this.#asking = this.#asking.then(ask, ask);
    return this.#asking;
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += BODY_BYTES) yield bytes.subarray(at, at + BODY_BYTES);
}
