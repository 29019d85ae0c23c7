import { CodedError } from "@neurond/primitives";
import type { StorageRulesCode } from "@neurond/storage-rules";
import { MAX_LINE_BYTES } from "./rotating-file.ts";

const NEWLINE = 10;

/** The lines of a log, with their numbers from one; a last one without its end was torn and is left out. */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly number: number; readonly text: string }> {
  const decoder = new TextDecoder();
  let number = 0;
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end));
      number += 1;
      yield { number, text: decoder.decode(Buffer.concat(parts)) };
      parts = [];
      held = 0;
      from = end + 1;
    }
    parts.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > MAX_LINE_BYTES) {
      const message = `line ${number + 1} is longer than ${MAX_LINE_BYTES} bytes; that is no event log`;
      throw new CodedError<StorageRulesCode>("EVENT_TOO_LARGE", message);
    }
  }
}
