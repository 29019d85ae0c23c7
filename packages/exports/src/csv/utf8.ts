import { bytesToUtf8 } from "@noble/ciphers/utils.js";
import { concatBytes } from "@noble/hashes/utils.js";

const BOM = [0xef, 0xbb, 0xbf] as const;

/** Turns chunks of UTF-8 into text; where they were cut does not show. Broken bytes become U+FFFD. */
export class Utf8Stream {
  /** The beginning of a character whose rest is in the next chunk; at most three bytes. */
  #rest = new Uint8Array(0);
  #started = false;

  push(chunk: Uint8Array): string {
    const bytes = this.#rest.length === 0 ? chunk : concatBytes(this.#rest, chunk);
    const end = wholeCharacters(bytes);
    this.#rest = bytes.slice(end);
    return this.#decode(bytes.subarray(0, end));
  }

  /** What is left at the end of the input. */
  end(): string {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return this.#decode(rest);
  }

  #decode(bytes: Uint8Array): string {
    if (bytes.length === 0) return "";
    // The decoder drops a mark at its beginning; only that of the whole input is none of the text.
    const keepMark = this.#started && BOM.every((byte, index) => bytes[index] === byte);
    this.#started = true;
    const text = bytesToUtf8(bytes);
    return keepMark ? `\uFEFF${text}` : text;
  }
}

/** How many bytes can be decoded now: a lead byte near the end may wait for its followers. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
