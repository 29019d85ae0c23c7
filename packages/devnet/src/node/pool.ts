import type { Hex } from "@neurond/primitives";
import type {
  TransactionValidity,
  TransactionValidityError,
  ValidTransaction,
} from "../frame/validity.ts";
import { BanList } from "./ban-list.ts";
import { hashOf } from "./bytes.ts";
import type { Extrinsic } from "./extrinsic.ts";
import { inBlockOrder } from "./pool-order.ts";
import type { Candidate } from "./validate.ts";
import { type Watcher, Watchers } from "./watchers.ts";

/** An extrinsic that waits for a block. Bare ones have no account, and nonce 0. */
export interface Pooled {
  readonly hash: Hex;
  readonly bytes: Uint8Array;
  readonly extrinsic: Extrinsic;
  readonly account: Hex | undefined;
  readonly nonce: number;
  readonly priority: bigint;
  /** Order of arrival. */
  readonly sequence: number;
  /** Height of the first block that may not hold it. */
  readonly diesAt: number;
}

/** What became of a submission. */
export type Admission =
  | { readonly kind: "accepted"; readonly hash: Hex }
  | { readonly kind: "undecodable"; readonly cause: unknown }
  | { readonly kind: "refused"; readonly error: TransactionValidityError }
  | { readonly kind: "banned" }
  | { readonly kind: "known"; readonly hash: Hex }
  | { readonly kind: "outbid"; readonly old: bigint; readonly new: bigint }
  | { readonly kind: "full" };

/** The chain as the pool sees it: its best block. */
export interface PoolView {
  decode(bytes: Uint8Array): Extrinsic;
  validate(candidate: Candidate): TransactionValidity;
  nonceOf(account: Hex): number;
  /** Height of the next block. */
  nextBlock(): number;
  nowMs(): number;
}

export interface PoolLimits {
  readonly count: number;
  readonly bytes: number;
}

/** As a Substrate node has them by default. */
const LIMITS: PoolLimits = { count: 8_192, bytes: 20 * 1024 * 1024 };

/** Valid extrinsics between their submission and their block. */
export class Pool {
  readonly watchers = new Watchers();
  readonly #view: PoolView;
  readonly #limits: PoolLimits;
  readonly #banned = new BanList();
  readonly #byHash = new Map<Hex, Pooled>();
  /** Account and nonce, or the content of a bare one, to its extrinsic. */
  readonly #bySlot = new Map<string, Pooled>();
  readonly #ready = new Set<Pooled>();
  #sequence = 0;
  #bytes = 0;

  constructor(view: PoolView, limits: PoolLimits = LIMITS) {
    this.#view = view;
    this.#limits = limits;
  }

  get size(): number {
    return this.#byHash.size;
  }

  get readyCount(): number {
    return this.#ready.size;
  }

  /** Judges an extrinsic and keeps it when it is valid; the watcher hears of its whole way. */
  submit(bytes: Uint8Array, watcher?: Watcher): Admission {
    const hash = hashOf(bytes);
    if (this.#banned.has(hash, this.#view.nowMs())) return { kind: "banned" };
    if (this.#byHash.has(hash)) return { kind: "known", hash };
    let extrinsic: Extrinsic;
    try {
      extrinsic = this.#view.decode(bytes);
    } catch (cause) {
      return { kind: "undecodable", cause };
    }
    const validity = this.#view.validate({ extrinsic, length: bytes.length });
    if (validity.tag === "Err") {
      const error = validity.value[0];
      if (error.tag === "Invalid") this.#banned.add(hash, this.#view.nowMs());
      return { kind: "refused", error };
    }
    return this.#admit(this.#pooled(hash, bytes, extrinsic, validity.value[0]), watcher);
  }

  /** What the next block should hold, in order. */
  ready(): Pooled[] {
    return inBlockOrder([...this.#ready]);
  }

  /** Every extrinsic in the pool that could go into a block now, oldest first. */
  pending(): Uint8Array[] {
    return [...this.#ready].sort((a, b) => a.sequence - b.sequence).map(({ bytes }) => bytes);
  }

  /** The nonce the account's next extrinsic should have. */
  nextNonce(account: Hex): number {
    let nonce = this.#view.nonceOf(account);
    while (this.#bySlot.has(`${account}:${nonce}`)) nonce += 1;
    return nonce;
  }

  /** Takes out what a block included. */
  included(hashes: readonly Hex[]): void {
    for (const hash of hashes) this.#take(hash);
  }

  /** Throws an extrinsic out for good. */
  invalidate(hash: Hex): void {
    this.#take(hash);
    this.#banned.add(hash, this.#view.nowMs());
    this.watchers.tell(hash, "invalid");
  }

  /** Puts back what a block held that is no longer part of the chain. */
  restore(item: Pooled): void {
    if (!this.#byHash.has(item.hash)) this.#insert(item);
  }

  /** Drops what the new best block made impossible, wakes what waited for it, puts to sleep the rest. */
  refresh(): void {
    if (this.size === 0) return;
    const next = this.#view.nextBlock();
    for (const { hash, account, nonce, diesAt } of [...this.#byHash.values()]) {
      const stale = account !== undefined && nonce < this.#view.nonceOf(account);
      if (stale || diesAt <= next) this.invalidate(hash);
    }
    const before = new Set(this.#ready);
    this.#ready.clear();
    for (const item of [...this.#byHash.values()].sort((a, b) => a.nonce - b.nonce)) {
      if (this.#isReachable(item)) this.#ready.add(item);
      if (this.#ready.has(item) !== before.has(item)) {
        this.watchers.tell(item.hash, before.has(item) ? "future" : "ready");
      }
    }
  }

  /** Judges everything again, signatures included: a new runtime wants new signatures. */
  revalidate(): void {
    for (const { hash, extrinsic, bytes } of [...this.#byHash.values()]) {
      const validity = this.#view.validate({ extrinsic, length: bytes.length });
      if (validity.tag === "Err") this.invalidate(hash);
    }
  }

  #pooled(
    hash: Hex,
    bytes: Uint8Array,
    extrinsic: Extrinsic,
    { priority, longevity }: ValidTransaction,
  ): Pooled {
    const signed = extrinsic.kind === "signed" && extrinsic.address.tag === "Id";
    const diesAt = Number(BigInt(this.#view.nextBlock()) + longevity);
    this.#sequence += 1;
    return {
      hash,
      bytes,
      extrinsic,
      account: signed ? (extrinsic.address.value as Hex) : undefined,
      nonce: signed ? extrinsic.extra.nonce : 0,
      priority,
      sequence: this.#sequence,
      diesAt,
    };
  }

  #admit(item: Pooled, watcher: Watcher | undefined): Admission {
    const rival = this.#bySlot.get(slotOf(item));
    if (rival && rival.priority >= item.priority) {
      return { kind: "outbid", old: rival.priority, new: item.priority };
    }
    const fits = this.#bytes + item.bytes.length <= this.#limits.bytes;
    if (!rival && (this.size >= this.#limits.count || !fits)) return { kind: "full" };
    if (rival) {
      this.#take(rival.hash);
      this.watchers.tell(rival.hash, { usurped: item.hash });
    }
    if (watcher) this.watchers.add(item.hash, watcher);
    this.#insert(item);
    return { kind: "accepted", hash: item.hash };
  }

  #insert(item: Pooled): void {
    this.#byHash.set(item.hash, item);
    this.#bySlot.set(slotOf(item), item);
    this.#bytes += item.bytes.length;
    if (!this.#wake(item)) this.watchers.tell(item.hash, "future");
  }

  /** Makes an extrinsic ready when its predecessor is ready or in the chain, then its successors. */
  #wake(item: Pooled): boolean {
    if (!this.#isReachable(item)) return false;
    for (let next: Pooled | undefined = item; next && !this.#ready.has(next); ) {
      this.#ready.add(next);
      this.watchers.tell(next.hash, "ready");
      next = next.account && this.#bySlot.get(`${next.account}:${next.nonce + 1}`);
    }
    return true;
  }

  #isReachable({ account, nonce }: Pooled): boolean {
    if (!account || nonce <= this.#view.nonceOf(account)) return true;
    const before = this.#bySlot.get(`${account}:${nonce - 1}`);
    return before !== undefined && this.#ready.has(before);
  }

  #take(hash: Hex): void {
    const item = this.#byHash.get(hash);
    if (!item) return;
    this.#byHash.delete(hash);
    this.#bySlot.delete(slotOf(item));
    this.#ready.delete(item);
    this.#bytes -= item.bytes.length;
  }
}

const slotOf = ({ account, nonce, hash }: Pooled) => (account ? `${account}:${nonce}` : hash);
