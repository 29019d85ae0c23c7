import { hash } from "node:crypto";
import { LEAF_BYTES } from "@neurond/workload-storage/format";
import { GROUP_LEAVES, HASH_BYTES, keptHashes } from "./tree-layout.ts";

/** What a shard's bytes come to. */
export interface ShardTree {
  readonly root: Uint8Array;
  readonly size: number;
  /** Hashes of the tree from groups of 16 leaves up to the root; see `keptIndex`. */
  readonly kept: Uint8Array;
}

const PAIR_BYTES = 2 * HASH_BYTES;
const SLOT_BYTES = 1 + PAIR_BYTES;
/** Nodes of a whole group: 8 over leaves, then 4, 2 and 1. */
const SLOTS = GROUP_LEAVES - 1;
/** Node k's hash belongs into slot 8 + k/2. */
const FIRST_PARENT = GROUP_LEAVES / 2;

/**
 * Builds a shard's tree while its bytes pass by. OpenSSL's hashing is nearly all it costs: digests
 * are taken as text, which is made several times faster than a buffer, and every preimage lies ready
 * with its prefix before it, so that next to nothing is copied.
 */
export class ShardHasher {
  /** The prefix 00, then a leaf that comes in parts. */
  readonly #leaf = Buffer.alloc(1 + LEAF_BYTES);
  /** Preimages of a group's nodes: prefix 01, two hashes. */
  readonly #slots = Buffer.alloc(SLOTS * SLOT_BYTES, 1);
  readonly #preimages = Array.from({ length: SLOTS }, (_, slot) =>
    this.#slots.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES),
  );
  #kept = Buffer.alloc(64 * HASH_BYTES);
  #gathered = 0;
  #inGroup = 0;
  #groups = 0;
  #size = 0;

  /** Takes the next bytes, which may change afterwards. During the call it writes into them. */
  update(bytes: Uint8Array): void {
    this.#size += bytes.length;
    let at = this.#gathered > 0 ? this.#gather(bytes, 0) : 0;
    // Before the first byte there is no place for a prefix.
    if (at === 0 && bytes.length >= LEAF_BYTES) at = this.#gather(bytes, 0);
    for (; at + LEAF_BYTES <= bytes.length; at += LEAF_BYTES) {
      const before = bytes[at - 1] ?? 0;
      bytes[at - 1] = 0x00;
      this.#addLeaf(bytes.subarray(at - 1, at + LEAF_BYTES));
      bytes[at - 1] = before;
    }
    if (at < bytes.length) this.#gather(bytes, at);
  }

  /** The tree over all bytes taken; of no bytes there is none. */
  finish(): ShardTree {
    if (this.#size === 0) throw new RangeError("a shard has at least one byte");
    if (this.#gathered > 0) this.#addLeaf(this.#leaf.subarray(0, 1 + this.#gathered));
    if (this.#inGroup > 0) this.#endLastGroup();
    const kept = Buffer.alloc(keptHashes(this.#groups) * HASH_BYTES);
    this.#kept.copy(kept, 0, 0, this.#groups * HASH_BYTES);
    let [below, width] = [0, this.#groups];
    while (width > 1) {
      const above = below + width * HASH_BYTES;
      foldLevel(kept, below, width, above);
      [below, width] = [above, Math.ceil(width / 2)];
    }
    return { root: Uint8Array.from(kept.subarray(-HASH_BYTES)), size: this.#size, kept };
  }

  /** Adds to the leaf that comes in parts; returns where the rest begins. */
  #gather(bytes: Uint8Array, from: number): number {
    const to = Math.min(bytes.length, from + LEAF_BYTES - this.#gathered);
    this.#leaf.set(bytes.subarray(from, to), 1 + this.#gathered);
    this.#gathered += to - from;
    if (this.#gathered === LEAF_BYTES) {
      this.#addLeaf(this.#leaf);
      this.#gathered = 0;
    }
    return to;
  }

  #addLeaf(preimage: Uint8Array): void {
    this.#place(this.#inGroup, hash("sha256", preimage, "binary"));
    this.#inGroup += 1;
    if (this.#inGroup === GROUP_LEAVES) this.#endGroup();
  }

  /** Writes a hash as one of the two below slot child/2. */
  #place(child: number, digest: string): void {
    const offset = (child >> 1) * SLOT_BYTES + 1 + (child & 1) * HASH_BYTES;
    this.#slots.write(digest, offset, "latin1");
  }

  #endGroup(): void {
    const last = SLOTS - 1;
    for (let slot = 0; slot < last; slot += 1) {
      this.#place(2 * FIRST_PARENT + slot, this.#hashSlot(slot));
    }
    this.#keep(this.#hashSlot(last));
  }

  #hashSlot(slot: number): string {
    return hash("sha256", this.#preimages[slot] ?? "", "binary");
  }

  /** A group at the end of the shard may have fewer leaves, and so another shape. */
  #endLastGroup(): void {
    const hashes = Buffer.alloc(GROUP_LEAVES * HASH_BYTES);
    for (const [slot, preimage] of this.#preimages.slice(0, FIRST_PARENT).entries()) {
      preimage.copy(hashes, slot * PAIR_BYTES, 1);
    }
    for (let width = this.#inGroup; width > 1; width = Math.ceil(width / 2)) {
      foldLevel(hashes, 0, width, 0);
    }
    this.#keep(hashes.toString("latin1", 0, HASH_BYTES));
  }

  #keep(digest: string): void {
    const end = this.#groups * HASH_BYTES;
    if (end === this.#kept.length) this.#kept = Buffer.concat([this.#kept, Buffer.alloc(end)]);
    this.#kept.write(digest, end, "latin1");
    this.#groups += 1;
    this.#inGroup = 0;
  }
}

/** Hashes the pairs of a level into the next; a last odd hash stands as it is. */
function foldLevel(hashes: Buffer, below: number, width: number, above: number): void {
  const node = Buffer.alloc(SLOT_BYTES, 1);
  for (let pair = 0; pair * 2 + 1 < width; pair += 1) {
    const from = below + pair * PAIR_BYTES;
    hashes.copy(node, 1, from, from + PAIR_BYTES);
    hashes.write(hash("sha256", node, "binary"), above + pair * HASH_BYTES, "latin1");
  }
  if (width % 2 === 1) {
    const last = below + (width - 1) * HASH_BYTES;
    hashes.copy(hashes, above + ((width - 1) / 2) * HASH_BYTES, last, last + HASH_BYTES);
  }
}
