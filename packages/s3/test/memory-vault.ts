import { randomUUID } from "node:crypto";
import type { BlobRange, PutOptions, Vault } from "../src/index.ts";

/** A vault that nothing outlives. */
export class MemoryVault implements Vault {
  readonly blobs = new Map<string, Buffer>();

  async put(body: AsyncIterable<Uint8Array>, { signal }: PutOptions) {
    const pieces: Uint8Array[] = [];
    for await (const bytes of body) {
      signal.throwIfAborted();
      pieces.push(Uint8Array.from(bytes));
    }
    const bytes = Buffer.concat(pieces);
    const id = randomUUID();
    this.blobs.set(id, bytes);
    return { id, size: bytes.length };
  }

  async *get(id: string, range: BlobRange | null) {
    const bytes = this.blobs.get(id);
    if (bytes === undefined) throw new Error(`no blob ${id}`);
    const { offset, length } = range ?? { offset: 0, length: bytes.length };
    for (let at = offset; at < offset + length; at += 65_536) {
      yield bytes.subarray(at, Math.min(at + 65_536, offset + length));
    }
  }

  async remove(id: string) {
    this.blobs.delete(id);
  }
}
