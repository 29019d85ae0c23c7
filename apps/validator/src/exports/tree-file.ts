import { type FileHandle, open } from "node:fs/promises";
import { foldPeaks, type NodePlace, nodeMissing, proveInclusion } from "@neurond/crypto";
import { CsvReader, csvLine, type RowProof, type TreeHead, treeRows } from "@neurond/exports";
import { CodedError } from "@neurond/primitives";
import type { ValidatorCode } from "../errors.ts";
import { NATIVE_TREE, nodeHashOf } from "./node-hash.ts";

// A tree beside its CSV: for each row in the order of ids its id, its place in the CSV and the hash of its
// leaf, then the hashes of all complete subtrees above, level by level. A proof reads some twenty records.

const ID_BYTES = 16;
const OFFSET_BYTES = 6;
const LENGTH_BYTES = 4;
const HASH_BYTES = 32;
const RECORD_BYTES = ID_BYTES + OFFSET_BYTES + LENGTH_BYTES + HASH_BYTES;
const LEAF_AT = RECORD_BYTES - HASH_BYTES;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is an id that our exports use; case does not matter. */
export const isInvocationId = (text: string): boolean => UUID.test(text.toLowerCase());

/** Takes rows in the order of a CSV, and makes of them the tree in the order of ids. */
export class TreeRows {
  #records = Buffer.alloc(1_024 * RECORD_BYTES);
  #size = 0;

  /** `invocationId` is a UUID in lower case; the row lies `length` bytes from `offset` in the CSV; `leafHash` has a byte a character. */
  add(invocationId: string, offset: number, length: number, leafHash: string): void {
    if ((this.#size + 1) * RECORD_BYTES > this.#records.length) {
      const larger = Buffer.alloc(this.#records.length * 2);
      this.#records.copy(larger);
      this.#records = larger;
    }
    const at = this.#size * RECORD_BYTES;
    this.#records.write(invocationId.replaceAll("-", ""), at, ID_BYTES, "hex");
    this.#records.writeUIntBE(offset, at + ID_BYTES, OFFSET_BYTES);
    this.#records.writeUInt32BE(length, at + ID_BYTES + OFFSET_BYTES);
    this.#records.write(leafHash, at + LEAF_AT, HASH_BYTES, "latin1");
    this.#size += 1;
  }

  /** The bytes of the tree's file, and its head. @throws TypeError when an id is there twice */
  finish(): { readonly bytes: readonly Uint8Array[]; readonly head: TreeHead } {
    const size = this.#size;
    const sorted = Buffer.alloc(size * RECORD_BYTES);
    const leaves = Buffer.alloc(size * HASH_BYTES);
    for (const [place, row] of this.#order().entries()) {
      const from = row * RECORD_BYTES;
      this.#records.copy(sorted, place * RECORD_BYTES, from, from + RECORD_BYTES);
      this.#records.copy(leaves, place * HASH_BYTES, from + LEAF_AT, from + RECORD_BYTES);
    }
    const levels: Buffer[] = [leaves];
    for (
      let below: Buffer = leaves;
      below.length >= 2 * HASH_BYTES;
      below = levels.at(-1) ?? leaves
    )
      levels.push(levelAbove(below));
    return { bytes: [sorted, ...levels.slice(1)], head: { size, root: rootOf(levels) } };
  }

  #order(): Uint32Array {
    const keys = new Float64Array(this.#size);
    for (let row = 0; row < this.#size; row += 1)
      keys[row] = this.#records.readUIntBE(row * RECORD_BYTES, 6);
    const order = Uint32Array.from(keys.keys());
    order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || this.#compareIds(a, b));
    for (let place = 1; place < order.length; place += 1) {
      const [a, b] = [order[place - 1] ?? 0, order[place] ?? 0];
      if (keys[a] === keys[b] && this.#compareIds(a, b) === 0)
        throw new TypeError("an attempt is exported twice: the log has two entries of one place");
    }
    return order;
  }

  #compareIds(a: number, b: number): number {
    const [from, other] = [a * RECORD_BYTES, b * RECORD_BYTES];
    return this.#records.compare(this.#records, other, other + ID_BYTES, from, from + ID_BYTES);
  }
}

/** The hashes of complete subtrees twice as large as those of a level. */
function levelAbove(below: Buffer): Buffer {
  const above = Buffer.alloc(Math.floor(below.length / 2 / HASH_BYTES) * HASH_BYTES);
  for (let at = 0; at < above.length; at += HASH_BYTES)
    above.write(nodeHashOf(below, 2 * at), at, HASH_BYTES, "latin1");
  return above;
}

/** The root over the subtrees that are complete and in no larger one: the last of each odd level. */
function rootOf(levels: readonly Buffer[]): Uint8Array {
  const peaks = levels.toReversed().flatMap((level) => {
    const isOdd = (level.length / HASH_BYTES) % 2 === 1;
    return isOdd ? [level.subarray(level.length - HASH_BYTES)] : [];
  });
  return foldPeaks(NATIVE_TREE, peaks);
}

/** A published tree, from which proofs are read. */
export class TreeFile implements AsyncDisposable {
  readonly #tree: FileHandle;
  readonly #csv: FileHandle;
  readonly #size: number;
  readonly #header: readonly string[];

  private constructor(tree: FileHandle, csv: FileHandle, size: number, header: readonly string[]) {
    this.#tree = tree;
    this.#csv = csv;
    this.#size = size;
    this.#header = header;
  }

  /** Opens the tree of `size` rows beside a CSV; null when they are not kept any more. */
  static async open(files: { readonly csv: string; readonly tree: string }, size: number) {
    await using acquired = new AsyncDisposableStack();
    const [tree, csv] = [await openIfThere(files.tree), await openIfThere(files.csv)];
    for (const handle of [tree, csv]) if (handle) acquired.use(handle);
    if (tree === null || csv === null) return null;
    const header = await readHeader(csv);
    acquired.move();
    return new TreeFile(tree, csv, size, header);
  }

  /** Whether the tree holds an id. */
  async has(invocationId: string): Promise<boolean> {
    const { isThere } = await this.#find(invocationId);
    return isThere;
  }

  /** That an invocation is among the rows, with its row, or that it is not, with its neighbours. */
  async prove(invocationId: string): Promise<RowProof> {
    const id = invocationId.toLowerCase();
    const { place, isThere } = await this.#find(id);
    if (isThere) return { kind: "present", invocationId: id, leaf: await this.#leaf(place) };
    const before = place > 0 ? await this.#leaf(place - 1) : null;
    const after = place < this.#size ? await this.#leaf(place) : null;
    return { kind: "absent", invocationId: id, before, after };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#tree.close(), this.#csv.close()]);
  }

  /** The first place whose id is not below. */
  async #find(
    invocationId: string,
  ): Promise<{ readonly place: number; readonly isThere: boolean }> {
    const id = Buffer.from(invocationId.toLowerCase().replaceAll("-", ""), "hex");
    let [low, high, isThere] = [0, this.#size, false];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = await readAt(this.#tree, middle * RECORD_BYTES, ID_BYTES);
      const order = Buffer.compare(found, id);
      if (order === 0) isThere = true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return { place: low, isThere };
  }

  async #leaf(index: number) {
    const record = await readAt(this.#tree, index * RECORD_BYTES, RECORD_BYTES);
    const offset = record.readUIntBE(ID_BYTES, OFFSET_BYTES);
    const length = record.readUInt32BE(ID_BYTES + OFFSET_BYTES);
    const reader = new CsvReader();
    const line = await readAt(this.#csv, offset, length);
    const text = Buffer.concat([Buffer.from(csvLine(this.#header)), line]);
    const [cells] = [...reader.push(text), ...reader.end()];
    if (cells === undefined) throw damaged(`row ${index} of the export is no line of a CSV`);
    const row = treeRows(this.#header)(cells);
    const siblings = await proveInclusion(NATIVE_TREE, this, index, this.#size);
    return { index, ...row, siblings };
  }

  /** Hashes of complete subtrees, for `proveInclusion`. */
  async readNodes(places: readonly NodePlace[]): Promise<readonly Uint8Array[]> {
    return Promise.all(places.map((place) => this.#node(place)));
  }

  async #node(place: NodePlace): Promise<Uint8Array> {
    const { level, index } = place;
    if (index >= Math.floor(this.#size / 2 ** level)) throw nodeMissing(place);
    if (level === 0) {
      return await readAt(this.#tree, index * RECORD_BYTES + LEAF_AT, HASH_BYTES);
    }
    let start = this.#size * RECORD_BYTES;
    for (let below = 1; below < level; below += 1)
      start += Math.floor(this.#size / 2 ** below) * HASH_BYTES;
    return await readAt(this.#tree, start + index * HASH_BYTES, HASH_BYTES);
  }
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead === length) return buffer;
  throw damaged(`a published file ends ${length - bytesRead} bytes early`);
}

const MAX_HEADER_BYTES = 4_096;

async function readHeader(csv: FileHandle): Promise<readonly string[]> {
  const { buffer, bytesRead } = await csv.read(
    Buffer.alloc(MAX_HEADER_BYTES),
    0,
    MAX_HEADER_BYTES,
    0,
  );
  const line = buffer.subarray(0, bytesRead).toString("utf8").split("\r\n")[0] ?? "";
  return line.split(",");
}

const damaged = (message: string) =>
  new CodedError<ValidatorCode>("EXPORT_DAMAGED", `${message}: restore the directory of exports`);
