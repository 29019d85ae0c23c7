import { createHash, type Hash } from "node:crypto";
import { type Combine, ErasureCode, fastCombine } from "@neurond/erasure";
import {
  copyBytes,
  openRecords,
  type RecordKeys,
  release,
  Sealer,
  ShardHasher,
  sealRecords,
} from "@neurond/workload-storage/io/shards";

/** Larger pieces leave the processor's cache between one hash and the next. */
const PIECE_BYTES = 65_536;

/** Shards to be made of a segment; buffers lie in shared memory and are written in place. */
export interface MakeJob {
  readonly kind: "make";
  readonly rs: readonly [k: number, n: number];
  /** k shards, one after the other. */
  readonly data: Uint8Array;
  /** Indices in sequence: all of data, or all of parity. */
  readonly targets: readonly {
    readonly index: number;
    readonly slot: Uint8Array;
    readonly sealKey: Uint8Array;
  }[];
  readonly isSigned: boolean;
}

/** A shard to be sealed for another miner. */
export interface ResealJob {
  readonly kind: "reseal";
  readonly slot: Uint8Array;
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly isSigned: boolean;
}

/** A shard that came back: it is compared with its root and, when it is right, unsealed. */
export interface CheckJob {
  readonly kind: "check";
  readonly slot: Uint8Array;
  readonly root: Uint8Array;
  readonly sealKey: Uint8Array;
}

/** Shards to be made of k others. */
export interface RestoreJob {
  readonly kind: "restore";
  readonly rs: readonly [k: number, n: number];
  readonly left: readonly (readonly [index: number, bytes: Uint8Array])[];
  readonly wanted: readonly (readonly [index: number, bytes: Uint8Array])[];
}

/** Records to be encrypted in place, each with room for its tag behind it. */
export interface SealJob extends RecordKeys {
  readonly kind: "seal";
  readonly records: Uint8Array;
}

/** Whole encrypted records to be decrypted in place, each over its own beginning. */
export interface OpenJob extends RecordKeys {
  readonly kind: "open";
  readonly records: Uint8Array;
}

export type Job = MakeJob | ResealJob | CheckJob | RestoreJob | SealJob | OpenJob;

/** What a sealed shard comes to. */
export interface Sealed {
  readonly root: Uint8Array;
  /** Of its bytes; empty unless the job says that they will be signed. */
  readonly sha256: Uint8Array;
}

/** A sealed shard, and what it was before. */
export interface Made extends Sealed {
  readonly plainRoot: Uint8Array;
}

/** What each kind of job gives. */
export interface Results {
  readonly make: readonly Made[];
  readonly reseal: Sealed;
  readonly check: boolean;
  readonly restore: null;
  readonly seal: null;
  readonly open: number;
}

let combine: Combine | undefined;
const codeOf = ([k, n]: readonly [number, number]) => {
  combine ??= fastCombine(copyBytes);
  return new ErasureCode(k, n, combine);
};

/** Does a job, here and now. @throws CodedError of erasure and storage */
export function work(job: Job): Results[Job["kind"]] {
  switch (job.kind) {
    case "make":
      return make(job);
    case "reseal":
      return reseal(job);
    case "check":
      return check(job);
    case "restore":
      return restore(job);
    case "seal":
      sealRecords(job, job.records);
      return null;
    case "open":
      return openRecords(job, job.records);
  }
}

function make({ rs, data, targets, isSigned }: MakeJob): readonly Made[] {
  const [k] = rs;
  const size = data.length / k;
  const first = targets[0]?.index ?? 0;
  const shard = (index: number) => data.subarray(index * size, (index + 1) * size);
  const making = targets.map(({ slot, sealKey }) => ({
    plain: new ShardHasher(),
    sealed: new SealedCopy(slot, sealKey, isSigned),
  }));
  const take = (at: number, bytes: Uint8Array) => {
    making[at]?.plain.update(bytes);
    making[at]?.sealed.add(bytes);
  };
  if (first >= k) {
    const all = Array.from({ length: k }, (_, index) => shard(index));
    codeOf(rs).makeParity(all, first, targets.length, take);
  } else {
    for (const [at, { index }] of targets.entries()) {
      for (const piece of piecesOf(shard(index))) take(at, ownCopy(piece));
    }
  }
  return making.map(({ plain, sealed }) => ({
    ...sealed.finish(),
    plainRoot: plain.finish().root,
  }));
}

function reseal({ slot, from, to, isSigned }: ResealJob): Sealed {
  const unsealer = new Sealer(from);
  const sealed = new SealedCopy(slot, to, isSigned);
  for (const piece of piecesOf(slot)) {
    const plain = unsealer.update(piece);
    sealed.add(plain);
    release(plain);
  }
  return sealed.finish();
}

/** A shard that is sealed and hashed on its way to its place, while it lies in the processor's cache. */
class SealedCopy {
  readonly #place: Uint8Array;
  readonly #sealer: Sealer;
  readonly #tree = new ShardHasher();
  readonly #body: Hash | null;
  #at = 0;

  constructor(place: Uint8Array, sealKey: Uint8Array, isSigned: boolean) {
    this.#place = place;
    this.#sealer = new Sealer(sealKey);
    this.#body = isSigned ? createHash("sha256") : null;
  }

  /** Takes the next plain bytes. */
  add(plain: Uint8Array): void {
    const sealed = this.#sealer.update(plain);
    this.#tree.update(sealed);
    this.#body?.update(sealed);
    copyBytes(sealed, this.#place, this.#at);
    this.#at += sealed.length;
    release(sealed);
  }

  finish(): Sealed {
    const sha256 = Uint8Array.from(this.#body?.digest() ?? []);
    return { root: this.#tree.finish().root, sha256 };
  }
}

function check({ slot, root, sealKey }: CheckJob): boolean {
  const [tree, unsealer] = [new ShardHasher(), new Sealer(sealKey)];
  for (const piece of piecesOf(slot)) {
    tree.update(piece);
    const plain = unsealer.update(piece);
    copyBytes(plain, piece);
    release(plain);
  }
  return Buffer.compare(tree.finish().root, root) === 0;
}

function restore({ rs, left, wanted }: RestoreJob): null {
  const code = codeOf(rs);
  const rows = code.rowsFrom(
    left.map(([index]) => index),
    wanted.map(([index]) => index),
  );
  const inputs = left.map(([, bytes]) => bytes);
  code.apply(rows, inputs, (row, bytes, at) => {
    const [, place] = wanted[row] ?? [];
    if (place !== undefined) copyBytes(bytes, place, at);
  });
  return null;
}

/** A thread's own memory for one piece: hashing writes into it, and others read the data meanwhile. */
const scratch = new Uint8Array(PIECE_BYTES);

function ownCopy(piece: Uint8Array): Uint8Array {
  const own = scratch.subarray(0, piece.length);
  copyBytes(piece, own);
  return own;
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield bytes.subarray(at, at + PIECE_BYTES);
  }
}
