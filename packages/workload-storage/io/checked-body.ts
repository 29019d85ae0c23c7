import { CodedError } from "@neurond/primitives";
import { compareBytes, type Entry, type StorageCode } from "@neurond/workload-storage";
import { ShardHasher, type ShardTree } from "./shard-hasher.ts";

/**
 * A shard on its way in, hashed as it passes. Reading it to the end throws unless size and root are the
 * promised ones, so whoever stores all of it stores the shard; with the first byte too many it ends.
 */
export class CheckedBody {
  readonly #promised: Pick<Entry, "root" | "size">;
  readonly #body: AsyncIterable<Uint8Array>;
  #tree: ShardTree | null = null;

  constructor(promised: Pick<Entry, "root" | "size">, body: AsyncIterable<Uint8Array>) {
    this.#promised = promised;
    this.#body = body;
  }

  /** What the bytes came to; once they were read to the end. */
  get tree(): ShardTree {
    if (this.#tree === null) throw new RangeError("the shard was not read to its end");
    return this.#tree;
  }

  /** @throws CodedError SIZE_MISMATCH ROOT_MISMATCH; what the body throws */
  async *bytes(): AsyncGenerator<Uint8Array> {
    const { size, root } = this.#promised;
    const hasher = new ShardHasher();
    let received = 0;
    for await (const chunk of this.#body) {
      received += chunk.length;
      if (received > size) throw refused("SIZE_MISMATCH", `the shard exceeds its ${size} bytes`);
      hasher.update(chunk);
      yield chunk;
    }
    if (received < size) {
      throw refused("SIZE_MISMATCH", `the shard ended after ${received} of ${size} bytes`);
    }
    const tree = hasher.finish();
    if (compareBytes(tree.root, root) !== 0) {
      throw refused("ROOT_MISMATCH", "the shard's bytes do not hash to its root: send it again");
    }
    this.#tree = tree;
  }
}

function refused(code: StorageCode, message: string): CodedError<StorageCode> {
  return new CodedError(code, message);
}
