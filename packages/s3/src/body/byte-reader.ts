import { s3Error } from "../errors.ts";

/** Reads lines and stretches from a body, without copying what it hands on. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** So many bytes, as they come. @throws CodedError IncompleteBody */
  async *take(length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    while (left > 0) {
      if (this.#held.length === 0 && !(await this.#fill())) throw s3Error("IncompleteBody");
      const bytes = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(bytes.length);
      left -= bytes.length;
      yield bytes;
    }
  }

  /** Text up to CRLF, without it; null at the end of the body. */
  async line(maxLength: number): Promise<string | null> {
    let text = "";
    for (;;) {
      if (this.#held.length === 0 && !(await this.#fill())) {
        if (text === "") return null;
        throw s3Error("IncompleteBody");
      }
      const end = this.#held.indexOf(0x0a);
      const bytes = end === -1 ? this.#held : this.#held.subarray(0, end);
      if (text.length + bytes.length > maxLength) {
        throw s3Error("InvalidRequest", "a line between chunks of the body is too long");
      }
      text += Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
      this.#held = this.#held.subarray(bytes.length + (end === -1 ? 0 : 1));
      if (end !== -1) return text.replace(/\r$/, "");
    }
  }

  async #fill(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done) return false;
    this.#held = next.value;
    return true;
  }
}
