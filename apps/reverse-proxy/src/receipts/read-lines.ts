import { createReadStream } from "node:fs";

/** A line of a file, and where it begins. */
export interface Line {
  readonly text: string;
  readonly offset: number;
  /** Of the byte after its end. */
  readonly end: number;
}

/** No receipt is longer; what is, is none. */
const MAX_LINE_BYTES = 512 * 1024;

const NEWLINE = 0x0a;

/**
 * The whole lines of a file from an offset on; a last one without its end is left out. Stops before
 * a line that is too long.
 */
export async function* readLines(path: string, from = 0): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = from;
  for await (const chunk of createReadStream(path, { start: from }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, start)) {
      const text = bytes.toString("utf8", start, at);
      const length = at + 1 - start;
      yield { text, offset, end: offset + length };
      offset += length;
      start = at + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) return;
  }
}
