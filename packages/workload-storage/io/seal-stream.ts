import { createCipheriv } from "node:crypto";

/** Larger pieces leave the processor's cache between sealing and hashing. */
const PIECE_BYTES = 131_072;
const BLOCK_BYTES = 16;

/** Seals or unseals a shard as it passes by: XOR with the AES-256-CTR keystream of its seal key. */
export class Sealer {
  readonly #cipher;

  /** Begins at byte `offset` of the shard, so that a range of it can be unsealed alone. */
  constructor(sealKey: Uint8Array, offset = 0) {
    const counter = Buffer.alloc(BLOCK_BYTES);
    counter.writeBigUInt64BE(BigInt(Math.floor(offset / BLOCK_BYTES)), 8);
    this.#cipher = createCipheriv("aes-256-ctr", sealKey, counter);
    this.#cipher.update(new Uint8Array(offset % BLOCK_BYTES));
  }

  update(bytes: Uint8Array): Uint8Array {
    return this.#cipher.update(bytes);
  }
}

/** Seals or unseals a stream, which begins at byte `offset` of the shard. */
export async function* sealStream(
  sealKey: Uint8Array,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  offset = 0,
): AsyncGenerator<Uint8Array> {
  const sealer = new Sealer(sealKey, offset);
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield sealer.update(chunk.subarray(at, at + PIECE_BYTES));
    }
  }
}
