import { CodedError, type Hex } from "@neurond/primitives";
import type { DevnetCode } from "../errors.ts";
import type { BlockContext } from "../frame/dispatch.ts";
import type { ApiView } from "../frame/pallet.ts";
import { account as accounts } from "../pallets/system/storage.ts";
import { now } from "../pallets/timestamp.ts";
import type { Runtime } from "../runtime.ts";
import { type Change, State, type StateReader } from "../state/state.ts";
import { type Block, BlockStore } from "./blocks.ts";
import type { Clock } from "./clock.ts";
import { CODE_KEY, decodeCode, encodeCode, type RuntimeCode } from "./code.ts";
import type { Executable, Guard } from "./executable.ts";
import { decodeExtrinsic, encodeBare } from "./extrinsic.ts";
import { Feed } from "./feed.ts";
import { auraPreRuntime, type DigestItem, extrinsicsRoot, headerHash } from "./header.ts";
import type { Journal } from "./journal.ts";
import { type JournalRecord, restoredChanges, storedChanges } from "./journal-record.ts";
import { type Applied, type Entry, OpenBlock } from "./open-block.ts";
import { type Admission, Pool, type Pooled } from "./pool.ts";
import { type Candidate, validate } from "./validate.ts";
import type { Watcher } from "./watchers.ts";

/** A new best block. After a reorganisation any key may differ, not only those the block changed. */
export interface Imported {
  readonly block: Block;
  readonly changes: ReadonlyMap<Hex, Uint8Array | undefined>;
  readonly reorganised: boolean;
}

export type Operation = (context: BlockContext) => void;

export interface NodeOptions {
  readonly code: RuntimeCode;
  readonly runtimeOf: (code: RuntimeCode) => Runtime;
  readonly guard: Guard;
  /** Writes the state of block 0. */
  readonly genesis: (state: State) => void;
  readonly clock: Clock;
  readonly blockTimeMs: number;
  /** So many blocks are not final. */
  readonly finalityLag?: number;
  /** So many blocks below the best one keep their state; all of them when absent. */
  readonly pruning?: number;
  readonly journal?: { readonly journal: Journal; readonly records: readonly JournalRecord[] };
  /** Hears what went wrong inside the runtime; the chain goes on without the extrinsic. */
  readonly onBroken?: (cause: unknown) => void;
}

const ZERO_HASH: Hex = `0x${"00".repeat(32)}`;
/** Extrinsics of one block, in bytes: what Substrate leaves to normal ones. */
const MAX_BLOCK_BYTES = 7_864_320;
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
    this.#finalized = this.#found();
    this.blocks = new BlockStore(this.#finalized);
    this.#replay(options.journal?.records.slice(1) ?? []);
    this.pool = new Pool({
      decode: (bytes) => decodeExtrinsic(bytes, this.runtimeAt(this.best).runtimeCall),
      validate: (candidate) => this.validate(candidate),
      nonceOf: (account) => accounts.get(this.#state, account).nonce,
      nextBlock: () => this.best.number + 1,
      nowMs: () => this.nowMs(),
    });
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
      const open = this.#open(parent, timeMs);
      open.applyInherent(this.#timestamp(timeMs));
      const pooled = this.#fill(open);
      const { block, changes } = this.#close(open, parent);
      this.#import(block, changes, pooled, reorganised);
      return block;
    } catch (error) {
      this.#state.discard();
      throw error;
    }
  }

  #open(parent: Block, timeMs: number): OpenBlock {
    const slot = Math.floor(timeMs / this.#options.blockTimeMs);
    const logs: DigestItem[] = [auraPreRuntime(slot)];
    // Without a mark the blocks of a fork would equal those they replace.
    if (this.#forks > 0) logs.push({ tag: "Other", value: Buffer.from(`fork ${this.#forks}`) });
    const open = new OpenBlock(this.#executable(), this.#state, parent, logs);
    for (const operation of this.#operations.splice(0)) open.operate(operation);
    return open;
  }

  #timestamp(timeMs: number): Entry {
    const { pallets, runtimeCall } = this.runtimeAt(this.best);
    const pallet = pallets.find(({ name }) => name === "Timestamp")?.index ?? 0;
    const call = { pallet, call: 0, args: { now: BigInt(timeMs) } };
    const callBytes = runtimeCall.codec.enc(call);
    return { extrinsic: { kind: "bare", callBytes, call }, bytes: encodeBare(callBytes) };
  }

  #fill(open: OpenBlock): Pooled[] {
    const taken: Pooled[] = [];
    let bytes = 0;
    for (const item of this.pool.ready()) {
      if (bytes + item.bytes.length > MAX_BLOCK_BYTES) continue;
      const applied = open.apply(item);
      if (applied.kind === "included") {
        taken.push(item);
        bytes += item.bytes.length;
      } else if (applied.kind === "broken") {
        this.#options.onBroken?.(applied.cause);
        this.pool.invalidate(item.hash);
      } else if (applied.error.value.tag !== "Future") {
        this.pool.invalidate(item.hash);
      }
    }
    return taken;
  }

  #close(open: OpenBlock, parent: Block): { block: Block; changes: Change[] } {
    const newCode = this.#state.get(CODE_KEY);
    const upgraded = newCode && !same(newCode, this.#state.at(parent.number).get(CODE_KEY));
    if (upgraded) open.deposit({ tag: "RuntimeEnvironmentUpdated", value: undefined });
    const logs = open.close();
    const changes = this.#state.commit(open.number);
    const header = {
      parent_hash: parent.hash,
      number: open.number,
      state_root: this.#state.root(),
      extrinsics_root: extrinsicsRoot(open.extrinsics),
      digest: { logs: [...logs] },
    };
    const block: Block = {
      number: open.number,
      hash: headerHash(header),
      header,
      extrinsics: open.extrinsics,
      code: codeAfter(changes, parent.code),
    };
    this.#options.journal?.journal.append({
      tag: "Block",
      value: { header, extrinsics: [...open.extrinsics], changes: storedChanges(changes) },
    });
    return { block, changes };
  }

  #import(
    block: Block,
    changes: readonly Change[],
    pooled: readonly Pooled[],
    reorganised: boolean,
  ): void {
    const upgraded = block.code !== this.best.code;
    this.blocks.add(block);
    this.#unfinal.set(block.hash, pooled);
    this.pool.included(pooled.map(({ hash }) => hash));
    if (upgraded) this.pool.revalidate();
    this.pool.refresh();
    this.imported.tell({ block, changes: new Map(changes), reorganised });
    for (const { hash } of pooled) this.pool.watchers.tell(hash, { inBlock: block.hash });
    this.#finalizeUpTo(block.number - (this.#options.finalityLag ?? 0));
    this.#prune();
  }

  #finalizeUpTo(height: number): void {
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

  /** Block 0, out of the journal or new. */
  #found(): Block {
    const { code, genesis, journal } = this.#options;
    const [first] = journal?.records ?? [];
    if (first?.tag === "Genesis") {
      restore(this.#state, restoredChanges(first.value.changes));
    } else {
      genesis(this.#state);
      this.#state.set(CODE_KEY, encodeCode(code));
    }
    const changes = this.#state.commit(0);
    if (!first) {
      journal?.journal.append({ tag: "Genesis", value: { changes: storedChanges(changes) } });
    }
    const header = {
      parent_hash: ZERO_HASH,
      number: 0,
      state_root: this.#state.root(),
      extrinsics_root: extrinsicsRoot([]),
      digest: { logs: [] },
    };
    return {
      number: 0,
      hash: headerHash(header),
      header,
      extrinsics: [],
      code: codeAfter(changes, code),
    };
  }

  #replay(records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.tag === "Block") this.#replayBlock(record.value);
      if (record.tag === "Rewind") this.#replayRewind(record.value);
    }
    const { best } = this.blocks;
    if (best.number === 0) return;
    // The chain goes on after the time at which it stopped.
    this.#options.clock.atLeast(best.number, this.nowMs());
    this.#finalizeUpTo(best.number - (this.#options.finalityLag ?? 0));
  }

  #replayBlock(value: Extract<JournalRecord, { tag: "Block" }>["value"]): void {
    const changes = restoredChanges(value.changes);
    restore(this.#state, changes);
    this.#state.commit(value.header.number);
    const hash = headerHash(value.header);
    const fits =
      value.header.parent_hash === this.best.hash && value.header.state_root === this.#state.root();
    if (!fits) {
      throw new CodedError<DevnetCode>(
        "STATE_FILE_CORRUPT",
        `state file: block ${value.header.number} does not follow from the one before: delete the file`,
      );
    }
    this.blocks.add({
      number: value.header.number,
      hash,
      header: value.header,
      extrinsics: value.extrinsics,
      code: codeAfter(changes, this.best.code),
    });
  }

  #replayRewind(height: number): void {
    this.#forks += 1;
    this.#state.rewind(height);
    this.blocks.rewind(height);
  }
}

function codeAfter(changes: readonly Change[], before: RuntimeCode): RuntimeCode {
  const changed = changes.find(([key]) => key === CODE_KEY)?.[1];
  if (!changed) return before;
  const after = decodeCode(changed, before);
  const isSame = after.profile === before.profile && after.specVersion === before.specVersion;
  return isSame ? before : after;
}

function restore(state: State, changes: readonly Change[]): void {
  for (const [key, value] of changes) {
    if (value) state.set(key, value);
    else state.delete(key);
  }
}

const same = (a: Uint8Array, b: Uint8Array | undefined) =>
  b !== undefined && Buffer.compare(a, b) === 0;
