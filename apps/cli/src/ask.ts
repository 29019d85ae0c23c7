import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/** Asks one question at a terminal and reads a line; an empty one is the default. */
export async function askLine(
  question: string,
  {
    input,
    output,
    signal,
  }: { readonly input: Readable; readonly output: Writable; readonly signal: AbortSignal },
): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    return (await lines.question(question, { signal })).trim();
  } finally {
    lines.close();
  }
}
