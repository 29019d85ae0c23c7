import type { Hotkey } from "@neurond/primitives";
import type { SignedReceipt } from "@neurond/workload-storage";
import type { ShardName } from "./shard-paths.ts";

/** What is held for one validator. */
export interface Holdings {
  readonly shards: number;
  readonly bytes: number;
}

const NOTHING: Holdings = { shards: 0, bytes: 0 };

/** Receipts by shard, with what is asked of them all the time kept ready: sums, and what ends when. */
export class ReceiptIndex {
  readonly #receipts = new Map<ShardName, SignedReceipt>();
  readonly #byEnd = new Map<number, Set<ShardName>>();
  readonly #byValidator = new Map<Hotkey, Holdings>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#receipts.size;
  }

  /** Shards and bytes of every validator that has some. */
  get byValidator(): ReadonlyMap<Hotkey, Holdings> {
    return this.#byValidator;
  }

  get(name: ShardName): SignedReceipt | undefined {
    return this.#receipts.get(name);
  }

  entries(): IterableIterator<[ShardName, SignedReceipt]> {
    return this.#receipts.entries();
  }

  /** The blocks at which receipts end, each with how many do. */
  *ends(): Generator<readonly [block: number, shards: number]> {
    for (const [block, names] of this.#byEnd) yield [block, names.size];
  }

  set(name: ShardName, signed: SignedReceipt): void {
    this.delete(name);
    const { expiresBlock } = signed.receipt;
    this.#receipts.set(name, signed);
    const names = this.#byEnd.get(expiresBlock);
    if (names === undefined) this.#byEnd.set(expiresBlock, new Set([name]));
    else names.add(name);
    this.#count(signed, 1);
  }

  delete(name: ShardName): void {
    const signed = this.#receipts.get(name);
    if (signed === undefined) return;
    const { expiresBlock } = signed.receipt;
    this.#receipts.delete(name);
    const names = this.#byEnd.get(expiresBlock);
    names?.delete(name);
    if (names?.size === 0) this.#byEnd.delete(expiresBlock);
    this.#count(signed, -1);
  }

  /** Shards whose receipts ended at a block or before it. */
  endedBy(block: number): readonly ShardName[] {
    const ended: ShardName[] = [];
    for (const [end, names] of this.#byEnd) if (end <= block) ended.push(...names);
    return ended;
  }

  #count({ receipt: { validator, size } }: SignedReceipt, sign: 1 | -1): void {
    this.#bytes += sign * size;
    const { shards, bytes } = this.#byValidator.get(validator) ?? NOTHING;
    const now = { shards: shards + sign, bytes: bytes + sign * size };
    if (now.shards === 0) this.#byValidator.delete(validator);
    else this.#byValidator.set(validator, now);
  }
}
