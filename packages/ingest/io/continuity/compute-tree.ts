import { hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { HASH_BYTES, MerkleBuilder, treeHasher } from "@neurond/crypto";
import { CsvReader, type TreeRow, treeRows } from "@neurond/exports";
import type { ComputedTree, TreeText } from "@neurond/ingest";
import { CodedError, toHex } from "@neurond/primitives";
import { ReceiptReader } from "./receipt-reader.ts";

/** Ids and hashes of so many rows are held until they can be put in order, some 120 bytes of each. */
const MAX_ROWS = 4_000_000;
const PIECE_BYTES = 1 << 18;

/** The tree over a file of invocations and what the receipts in it show, read piece by piece. Null when it has more rows than are held. */
export async function computeTree(file: string): Promise<ComputedTree | null> {
  const reader = new CsvReader();
  const leaves = new Leaves();
  let asRow: ReturnType<typeof treeRows> | null = null;
  let receipts: ReceiptReader | null = null;
  const take = async (rows: ReturnType<CsvReader["push"]>) => {
    if (reader.header === null) return;
    asRow ??= treeRows(reader.header);
    receipts ??= new ReceiptReader(reader.header);
    for (const cells of rows) {
      leaves.add(asRow(cells));
      if (receipts.isOrganic(cells)) await receipts.take(cells);
    }
  };
  const seen = () => receipts?.seen() ?? null;
  try {
    for await (const piece of createReadStream(file, { highWaterMark: PIECE_BYTES })) {
      await take(reader.push(piece));
      if (leaves.size > MAX_ROWS) return null;
    }
    await take(reader.end());
    return { ...leaves.tree(), receipts: seen() };
  } catch (error) {
    if (error instanceof CodedError && NO_TREE.includes(error.code))
      return { problem: error.message, receipts: seen() };
    throw error;
  }
}

const NO_TREE = ["TREE_INVALID", "CSV_MALFORMED", "CSV_TOO_LARGE"];
const FIRST_ROWS = 4_096;
/** The runtime's own hash, which is several times faster. */
const NATIVE = treeHasher(0x00, 0x01, (bytes) => hash("sha256", bytes, "buffer"));

/** Rows of which only id and hash are kept, the hashes in one piece: objects of their own weigh ten times as much. */
class Leaves {
  readonly #ids: string[] = [];
  #hashes = Buffer.alloc(FIRST_ROWS * HASH_BYTES);

  get size(): number {
    return this.#ids.length;
  }

  add({ invocationId, content }: TreeRow): void {
    const at = this.#ids.length * HASH_BYTES;
    if (at === this.#hashes.length) this.#hashes = Buffer.concat([this.#hashes], 2 * at);
    // The zero byte of a leaf and the row as UTF-8; as text, the digest is no object that outlives this line.
    this.#hashes.write(hash("sha256", `\0${content}`, "hex"), at, "hex");
    // Cells are slices of a whole piece's text, which can only go when nothing of it is kept.
    this.#ids.push(Buffer.from(invocationId).toString());
  }

  /** In the order of ids, each of which may be there once. */
  tree(): TreeText | { readonly problem: string } {
    const order = Uint32Array.from(this.#ids.keys()).sort((a, b) => this.#compare(a, b));
    const builder = new MerkleBuilder(NATIVE);
    let before: number | null = null;
    for (const row of order) {
      if (before !== null && this.#compare(before, row) === 0)
        return { problem: `invocation ${this.#ids[row]} is there twice` };
      builder.append(this.#hashes.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES));
      before = row;
    }
    return { size: builder.size, root: toHex(builder.root()).slice(2) };
  }

  #compare(a: number, b: number): number {
    const [first = "", second = ""] = [this.#ids[a], this.#ids[b]];
    return first < second ? -1 : first > second ? 1 : 0;
  }
}
