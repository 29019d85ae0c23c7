import { createCipheriv } from "node:crypto";

/** Larger pieces leave the processor's cache between sealing and hashing. */
const PIECE_BYTES = 262_144;
const BLOCK_BYTES = 16;
/** GCM with a nonce of zeros enciphers with the counters from 2 on; two blocks come before. */
const HEAD_BYTES = 2 * BLOCK_BYTES;

/** What both ciphers below are here: bytes in, as many bytes out. */
interface Stream {
  update(bytes: Uint8Array): Uint8Array;
}

/** Seals or unseals a shard as it passes by: XOR with the AES-256-CTR keystream of its seal key. */
export class Sealer {
  readonly #head: Stream;
  readonly #body: Stream;
  #headBytes: number;

  /**
   * Begins at byte `offset` of the shard, so that a range of it can be unsealed alone. From the
   * start the keystream comes out of GCM, which counts like CTR and for which OpenSSL uses the wide
   * vector instructions: a third faster, tag and all. Its limit is just the longest shard.
   */
  constructor(sealKey: Uint8Array, offset = 0) {
    const counter = Buffer.alloc(BLOCK_BYTES);
    counter.writeBigUInt64BE(BigInt(Math.floor(offset / BLOCK_BYTES)), 8);
    this.#head = createCipheriv("aes-256-ctr", sealKey, counter);
    this.#head.update(new Uint8Array(offset % BLOCK_BYTES));
    this.#headBytes = offset === 0 ? HEAD_BYTES : Number.POSITIVE_INFINITY;
    this.#body = createCipheriv("aes-256-gcm", sealKey, new Uint8Array(12));
  }

  update(bytes: Uint8Array): Uint8Array {
    if (this.#headBytes === 0) return this.#body.update(bytes);
    const head = this.#head.update(bytes.subarray(0, this.#headBytes));
    this.#headBytes -= head.length;
    if (head.length === bytes.length) return head;
    return Buffer.concat([head, this.#body.update(bytes.subarray(head.length))]);
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
