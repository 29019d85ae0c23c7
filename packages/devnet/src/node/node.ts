import type { Hex } from "@neurond/primitives";
import type { ApiView } from "../frame/pallet.ts";
import { account as accounts } from "../pallets/system/storage.ts";
import { now } from "../pallets/timestamp.ts";
import type { Runtime } from "../runtime.ts";
import { type Change, State, type StateReader } from "../state/state.ts";
import type { Block, BlockStore } from "./blocks.ts";
import type { Clock } from "./clock.ts";
import { CODE_KEY, encodeCode, type RuntimeCode } from "./code.ts";
import type { Executable, Guard } from "./executable.ts";
import { decodeExtrinsic } from "./extrinsic.ts";
import { Feed } from "./feed.ts";
import { foundChain, type Origin } from "./found.ts";
import { auraPreRuntime, type DigestItem } from "./header.ts";
import { storedChanges } from "./journal-record.ts";
import { makeBlock, type Operation } from "./make-block.ts";
import { type Applied, OpenBlock } from "./open-block.ts";
import { type Admission, Pool, type Pooled } from "./pool.ts";
import { type Candidate, validate } from "./validate.ts";
import type { Watcher } from "./watchers.ts";

/** A new best block. After a reorganisation any key may differ, not only those the block changed. */
export interface Imported {
  readonly block: Block;
  readonly changes: ReadonlyMap<Hex, Uint8Array | undefined>;
  readonly reorganised: boolean;
}

export interface NodeOptions extends Origin {
  readonly runtimeOf: (code: RuntimeCode) => Runtime;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly blockTimeMs: number;
  /** So many blocks are not final. */
  readonly finalityLag?: number;
  /** So many blocks below the best one keep their state; all of them when absent. */
  readonly pruning?: number;
  /** Hears what went wrong inside the runtime; the chain goes on without the extrinsic. */
  readonly onBroken?: (cause: unknown) => void;
}

/** Pruning walks over all keys: it is done once in so many blocks. */
const PRUNE_EVERY = 64;

/** The chain: its blocks, its state, its pool. Every method finishes before it returns. */
export class Node {
  readonly blocks: BlockStore;
  readonly pool: Pool;
  readonly imported = new Feed<Imported>();
  readonly finalizedBlocks = new Feed<Block>();
  readonly #options: NodeOptions;
  readonly #state = new State();
  readonly #runtimes = new Map<string, Runtime>();
  readonly #operations: Operation[] = [];
  /** Extrinsics of blocks that are not final, by block hash. */
  readonly #unfinal = new Map<Hex, readonly Pooled[]>();
  #finalized: Block;
  #forks = 0;

  constructor(options: NodeOptions) {
    this.#options = options;
    const { blocks, forks } = foundChain(this.#state, options);
    this.blocks = blocks;
    this.#forks = forks;
    this.#finalized = blocks.genesis;
    this.pool = new Pool({
      decode: (bytes) => decodeExtrinsic(bytes, this.runtimeAt(this.best).runtimeCall),
      validate: (candidate) => this.validate(candidate),
      nonceOf: (account) => accounts.get(this.#state, account).nonce,
      nextBlock: () => this.best.number + 1,
      nowMs: () => this.nowMs(),
    });
    if (this.best.number === 0) return;
    // A resumed chain goes on after the time at which it stopped.
    options.clock.atLeast(this.best.number, this.nowMs());
    this.#finalize();
  }

  get best(): Block {
    return this.blocks.best;
  }

  get finalized(): Block {
    return this.#finalized;
  }

  /** Time of the best block, milliseconds. */
  nowMs(): number {
    return Number(now.get(this.#state));
  }

  /** The rules in force after a block. */
  runtimeAt({ code }: Block): Runtime {
    const name = `${code.profile}:${code.specVersion}`;
    const known = this.#runtimes.get(name);
    if (known) return known;
    const runtime = this.#options.runtimeOf(code);
    this.#runtimes.set(name, runtime);
    return runtime;
  }

  /** State after a block; undefined when it is pruned or the block is no longer in the chain. */
  stateAt(block: Block): StateReader | undefined {
    if (!this.blocks.isCanonical(block)) return undefined;
    const { pruning } = this.#options;
    if (pruning !== undefined && block.number < this.best.number - pruning) return undefined;
    return block === this.best ? this.#state : this.#state.at(block.number);
  }

  /** The pool's verdict on an extrinsic, as of the best block. */
  validate(candidate: Candidate): ReturnType<typeof validate> {
    return validate(this.#executable(), this.#nextView(), candidate);
  }

  submit(bytes: Uint8Array, watcher?: Watcher): Admission {
    return this.pool.submit(bytes, watcher);
  }

  /** Does something to the state at the start of the next block. */
  schedule(operation: Operation): void {
    this.#operations.push(operation);
  }

  /** Makes the next block happen at `timeMs`, and the others after it; false when that is past. */
  setTime(timeMs: number): boolean {
    if (timeMs <= this.nowMs()) return false;
    this.#options.clock.set(this.best.number + 1, timeMs);
    return true;
  }

  /** Lets the next block come so much after the best one, as if that time had passed. */
  skipTime(durationMs: number): void {
    this.#options.clock.atLeast(this.best.number + 1, this.nowMs() + durationMs);
  }

  /** Switches the rules: the next block is the last one under the present ones. */
  upgrade(code: RuntimeCode): void {
    this.schedule(({ state }) => state.set(CODE_KEY, encodeCode(code)));
  }

  /** Makes one block of what is ready. */
  produce(): Block {
    return this.#produce(false);
  }

  /**
   * Replaces the last `depth` blocks by one more than that; their extrinsics go back to the pool
   * and into the new blocks. False when a final block would have to go.
   */
  reorganise(depth: number): boolean {
    const fork = this.best.number - depth;
    if (fork < this.#finalized.number) return false;
    this.#state.rewind(fork);
    this.#forks += 1;
    this.#options.journal?.journal.append({ tag: "Rewind", value: fork });
    for (const { hash } of this.blocks.rewind(fork)) this.#retract(hash);
    // Who signed for a block that is gone must sign again.
    this.pool.revalidate();
    for (let made = 0; made <= depth; made += 1) this.#produce(made === 0);
    return true;
  }

  /** What an extrinsic would do as the next block's first; nothing of it remains. */
  dryRun(bytes: Uint8Array): Applied {
    const extrinsic = decodeExtrinsic(bytes, this.runtimeAt(this.best).runtimeCall);
    const validity = this.validate({ extrinsic, length: bytes.length });
    if (validity.tag === "Err") return { kind: "refused", error: validity.value[0] };
    try {
      return new OpenBlock(this.#executable(), this.#state, this.best, []).apply({
        extrinsic,
        bytes,
      });
    } finally {
      this.#state.discard();
    }
  }

  #executable(): Executable {
    return { runtime: this.runtimeAt(this.best), guard: this.#options.guard };
  }

  #nextView(): ApiView {
    return { state: this.#state, block: this.best.number + 1, hash: this.best.hash };
  }

  #retract(block: Hex): void {
    const pooled = this.#unfinal.get(block) ?? [];
    this.#unfinal.delete(block);
    for (const item of pooled) {
      this.pool.watchers.tell(item.hash, { retracted: block });
      this.pool.restore(item);
    }
  }

  #produce(reorganised: boolean): Block {
    const parent = this.best;
    const timeMs = this.#options.clock.timeOf(parent.number + 1, this.nowMs());
    try {
      const { block, changes, taken, rejected } = makeBlock({
        executable: this.#executable(),
        state: this.#state,
        parent,
        timeMs,
        logs: this.#logs(timeMs),
        operations: this.#operations.splice(0),
        ready: this.pool.ready(),
      });
      for (const { item, cause } of rejected) {
        if (cause !== undefined) this.#options.onBroken?.(cause);
        this.pool.invalidate(item.hash);
      }
      this.#import(block, changes, taken, reorganised);
      return block;
    } catch (error) {
      this.#state.rewind(this.best.number);
      throw error;
    }
  }

  #logs(timeMs: number): DigestItem[] {
    const slot = auraPreRuntime(Math.floor(timeMs / this.#options.blockTimeMs));
    if (this.#forks === 0) return [slot];
    // Without a mark the blocks of a fork would equal those they replace.
    return [slot, { tag: "Other", value: Buffer.from(`fork ${this.#forks}`) }];
  }

  #import(
    block: Block,
    changes: readonly Change[],
    pooled: readonly Pooled[],
    reorganised: boolean,
  ): void {
    const upgraded = block.code !== this.best.code;
    this.#record(block, changes);
    this.blocks.add(block);
    this.#unfinal.set(block.hash, pooled);
    this.pool.included(pooled.map(({ hash }) => hash));
    if (upgraded) this.pool.revalidate();
    this.pool.refresh();
    this.imported.tell({ block, changes: new Map(changes), reorganised });
    for (const { hash } of pooled) this.pool.watchers.tell(hash, { inBlock: block.hash });
    this.#finalize();
    this.#prune();
  }

  #record({ header, extrinsics }: Block, changes: readonly Change[]): void {
    const { journal } = this.#options;
    if (!journal) return;
    const value = { header, extrinsics: [...extrinsics], changes: storedChanges(changes) };
    journal.journal.append({ tag: "Block", value });
  }

  #finalize(): void {
    const height = this.best.number - (this.#options.finalityLag ?? 0);
    while (this.#finalized.number < height) {
      const next = this.blocks.byNumber(this.#finalized.number + 1);
      if (!next) return;
      this.#finalized = next;
      this.finalizedBlocks.tell(next);
      for (const { hash } of this.#unfinal.get(next.hash) ?? []) {
        this.pool.watchers.tell(hash, { finalized: next.hash });
      }
      this.#unfinal.delete(next.hash);
    }
  }

  #prune(): void {
    const { pruning } = this.#options;
    if (pruning === undefined || this.best.number % PRUNE_EVERY !== 0) return;
    this.#state.prune(this.best.number - pruning);
  }
}
