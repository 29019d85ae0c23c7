import { createHash, type Hash, hash } from "node:crypto";

/**
 * SHA-256 of bytes as they come; the common case, all in one piece, is hashed in one call. Where more
 * may come much later no piece is kept, because each keeps the buffer of its connection alive.
 */
export class RunningHash {
  #first: Buffer | undefined;
  #hash: Hash | undefined;
  #digest: Buffer | undefined;

  constructor(isStream: boolean) {
    if (isStream) this.#hash = createHash("sha256");
  }

  update(chunk: Buffer): void {
    if (this.#hash) {
      this.#hash.update(chunk);
    } else if (this.#first) {
      this.#hash = createHash("sha256").update(this.#first).update(chunk);
      this.#first = undefined;
    } else {
      this.#first = chunk;
    }
  }

  /** Computed when it is first asked for, after the last piece. */
  digest(): Buffer {
    this.#digest ??= this.#hash?.digest() ?? hash("sha256", this.#first ?? "", "buffer");
    return this.#digest;
  }
}
