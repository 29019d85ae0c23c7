import { CodedError, fromHex, isCoded } from "@neurond/primitives";
import type { StorageCode } from "@neurond/workload-storage";
import {
  type FileSecrets,
  type Manifest,
  type ManifestShard,
  shardsOf,
} from "@neurond/workload-storage/file";
import { copyBytes } from "@neurond/workload-storage/io/shards";
import type { StorageNetwork, StoredShard } from "./network.ts";
import { type Coming, Pace } from "./pace.ts";
import type { Meter } from "./progress.ts";
import { Slab } from "./slab.ts";
import type { ShardWorkers } from "./work-pool.ts";

/** What getting segments needs. */
export interface GetContext {
  readonly manifest: Pick<Manifest, "rs" | "segments" | "repairs">;
  /** Shards, by index, that are asked for only once all others would not do. */
  readonly doubtful?: ReadonlySet<number>;
  readonly secrets: Pick<FileSecrets, "sealKey">;
  readonly network: Pick<StorageNetwork, "fetch">;
  readonly workers: ShardWorkers;
  readonly meter: Meter;
  /** Silence of a miner after which another shard is asked for as well. */
  readonly hedgeMs: number;
  readonly signal: AbortSignal;
  readonly onBadShard: (shard: StoredShard, cause: unknown) => void;
}

/** A shard that is on its way. */
interface Running extends Coming {
  readonly shard: ManifestShard;
  readonly buffer: Uint8Array;
  received: number;
  /** Whether it is right; it is unsealed in its buffer meanwhile. Null until all of it came. */
  check: Promise<boolean> | null;
}

type Ended = { readonly run: Running; readonly cause?: unknown };

/**
 * Brings some data shards of a segment back into their places in `slab`, unsealed: they themselves
 * when they come in time and are right, else any k shards, of which they are made. Wrong bytes are
 * told of, and fetched elsewhere. Each place is written to once `isFree` says so.
 * @throws CodedError SHARD_MISSING when too few shards come back
 */
export async function getSegment(
  context: GetContext,
  index: number,
  needed: readonly number[],
  slab: Uint8Array,
  isFree: (shard: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const fetching = new SegmentFetch(context, index, needed, slab, isFree);
  try {
    await fetching.run();
  } finally {
    await fetching.cancel();
  }
  await fetching.restore();
}

class SegmentFetch {
  readonly #context: GetContext;
  readonly #index: number;
  readonly #needed: readonly number[];
  readonly #slab: Uint8Array;
  readonly #isFree: (shard: number) => Promise<void>;
  readonly #k: number;
  readonly #queue: ManifestShard[];
  readonly #running = new Set<Running>();
  readonly #have = new Map<number, Uint8Array>();
  readonly #spares: Slab[] = [];
  readonly #pace: Pace;
  readonly #enough = new AbortController();
  readonly #signal: AbortSignal;
  #ended: Ended[] = [];
  #wake: () => void = () => undefined;
  #failure: unknown;

  constructor(
    context: GetContext,
    index: number,
    needed: readonly number[],
    slab: Uint8Array,
    isFree: (shard: number) => Promise<void>,
  ) {
    this.#context = context;
    this.#index = index;
    this.#needed = needed;
    this.#slab = slab;
    this.#isFree = isFree;
    this.#k = context.manifest.rs[0];
    this.#pace = new Pace(context.hedgeMs, Math.min(needed.length, this.#k));
    this.#signal = AbortSignal.any([context.signal, this.#enough.signal]);
    this.#signal.addEventListener("abort", () => this.#wake(), { once: true });
    const shards = shardsOf(context.manifest, index);
    const usable = shards.filter(({ shard_id }) => context.secrets.sealKey(shard_id) !== null);
    const isNeeded = ({ i }: ManifestShard) => needed.includes(i);
    const isDoubtful = ({ i }: ManifestShard) => context.doubtful?.has(i) === true;
    const rank = (shard: ManifestShard) => (isDoubtful(shard) ? 2 : isNeeded(shard) ? 0 : 1);
    this.#queue = usable.toSorted((a, b) => rank(a) - rank(b));
  }

  async run(): Promise<void> {
    const { signal, hedgeMs } = this.#context;
    for (;;) {
      signal.throwIfAborted();
      for (const { run, cause } of this.#ended.splice(0)) this.#end(run, cause);
      if (this.#isDone(this.#have)) return;
      this.#startEnough();
      if (this.#running.size === 0) throw this.#tooFew();
      if (this.#ended.length === 0) await this.#next(hedgeMs / 4);
    }
  }

  /**
   * Ends what is still on its way: once this resolves, none of it is written anywhere. Threads cannot
   * be stopped, so a shard that is being checked is waited for, and is of use when it is right.
   */
  async cancel(): Promise<void> {
    this.#enough.abort();
    await Promise.all(
      [...this.#running].map(async ({ check, shard, buffer }) => {
        const isRight = await check?.catch(() => false);
        if (isRight === true) this.#have.set(shard.i, buffer);
      }),
    );
  }

  /** Makes what did not come of what did. */
  async restore(): Promise<void> {
    const missing = this.#needed.filter((i) => !this.#have.has(i));
    if (missing.length > 0) {
      await Promise.all(missing.map((i) => this.#isFree(i)));
      await this.#context.workers.run({
        kind: "restore",
        rs: this.#context.manifest.rs,
        left: [...this.#have].slice(0, this.#k),
        wanted: missing.map((i) => [i, this.#place(i)] as const),
      });
    }
    for (const spare of this.#spares) spare[Symbol.dispose]();
  }

  #place(i: number): Uint8Array {
    const size = this.#slab.length / this.#k;
    return this.#slab.subarray(i * size, (i + 1) * size);
  }

  #isDone(have: { has(i: number): boolean; readonly size: number }): boolean {
    return this.#needed.every((i) => have.has(i)) || have.size >= this.#k;
  }

  /** Starts shards until those that are not late would do. */
  #startEnough(): void {
    const now = performance.now();
    const expected = new Set([...this.#have.keys()]);
    for (const run of this.#running)
      if (run.check !== null || !this.#pace.isLate(run, now)) expected.add(run.shard.i);
    while (!this.#isDone(expected)) {
      const shard = this.#queue.shift();
      if (shard === undefined) return;
      this.#start(shard);
      expected.add(shard.i);
    }
  }

  #start(shard: ManifestShard): void {
    const now = performance.now();
    const buffer = this.#bufferFor(shard);
    const run: Running = {
      ...{ shard, buffer, startedMs: now, lastByteMs: now, received: 0 },
      check: null,
    };
    this.#running.add(run);
    this.#fetch(run).then(
      () => this.#tell({ run }),
      (cause: unknown) => this.#tell({ run, cause }),
    );
  }

  /**
   * Data go to their place; parity to the place of a data shard that was given up, or apart while
   * all are in use.
   */
  #bufferFor({ i }: ManifestShard): Uint8Array {
    const used = new Set(
      [...this.#have.values(), ...[...this.#running].map(({ buffer }) => buffer)].map(
        ({ buffer, byteOffset }) => (buffer === this.#slab.buffer ? byteOffset : -1),
      ),
    );
    const isFree = (at: number) => !used.has(this.#place(at).byteOffset);
    if (i < this.#k && isFree(i)) return this.#place(i);
    const wanted = new Set(this.#queue.map((shard) => shard.i));
    const places = Array.from({ length: this.#k }, (_, at) => at);
    const free = places.find((at) => isFree(at) && !wanted.has(at));
    if (free !== undefined) return this.#place(free);
    const spare = new Slab(this.#slab.length / this.#k);
    this.#spares.push(spare);
    return spare.bytes;
  }

  async #fetch(run: Running): Promise<void> {
    const { network, workers, secrets, meter } = this.#context;
    const { shard, buffer } = run;
    const { size } = shard;
    try {
      await this.#untilFree(run);
      for await (const chunk of network.fetch(storedShard(shard), this.#signal)) {
        this.#signal.throwIfAborted();
        if (run.received + chunk.length > size) throw wrongSize(shard, "exceeds");
        copyBytes(chunk, buffer, run.received);
        run.received += chunk.length;
        run.lastByteMs = performance.now();
        meter.add(chunk.length);
      }
      this.#signal.throwIfAborted();
      if (run.received < size) throw wrongSize(shard, "ends before");
      const [root, sealKey] = [fromHex(shard.root), secrets.sealKey(shard.shard_id)];
      if (sealKey === null) throw new RangeError("a shard without a key was fetched");
      run.check = workers.run({ kind: "check", slot: buffer, root, sealKey });
      if (await run.check) return;
      throw new CodedError<StorageCode>(
        "ROOT_MISMATCH",
        `miner ${shard.miner} sent other bytes for shard ${shard.i} of segment ${this.#index}`,
        { miner: shard.miner },
      );
    } catch (error) {
      meter.add(-run.received);
      throw error;
    }
  }

  /** While the segment before is still being read from the place, nobody is late. */
  async #untilFree(run: Running): Promise<void> {
    if (run.buffer.buffer !== this.#slab.buffer) return;
    const size = this.#slab.length / this.#k;
    run.lastByteMs = Number.POSITIVE_INFINITY;
    await this.#isFree((run.buffer.byteOffset - this.#slab.byteOffset) / size);
    this.#signal.throwIfAborted();
    run.startedMs = performance.now();
    run.lastByteMs = run.startedMs;
  }

  #tell(ended: Ended): void {
    this.#ended.push(ended);
    this.#wake();
  }

  #end(run: Running, cause: unknown): void {
    this.#running.delete(run);
    if (cause === undefined) {
      this.#have.set(run.shard.i, run.buffer);
      this.#pace.came(run, performance.now());
      return;
    }
    this.#failure ??= cause;
    this.#context.onBadShard(storedShard(run.shard), cause);
  }

  /** Until a shard has ended, or it is time to look at the clock. */
  async #next(pollMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tooFew(): CodedError {
    // No miner is at fault then, and others would not help.
    if (isCoded(this.#failure, "CLOCK_SKEW")) return this.#failure;
    return new CodedError<StorageCode>(
      "SHARD_MISSING",
      `${this.#have.size} shards of segment ${this.#index} came back, ${this.#k} are needed: try again when more of its miners serve`,
      { segment: this.#index, found: this.#have.size, needed: this.#k },
      { cause: this.#failure },
    );
  }
}

function storedShard({ shard_id, root, size, miner }: ManifestShard): StoredShard {
  return { shardId: fromHex(shard_id), root: fromHex(root), size, miner };
}

function wrongSize({ i, miner, size }: ManifestShard, how: string): CodedError<StorageCode> {
  const message = `shard ${i} of miner ${miner} ${how} its ${size} bytes`;
  return new CodedError("SIZE_MISMATCH", message, { miner });
}
