import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { parseSamples, type Samples, syntheticsError } from "@neurond/synthetics";

const MAX_BYTES = 128 * 1_048_576;

/** Reads prompts from a file of JSON lines. @throws CodedError PROMPTS_UNREADABLE */
export async function readPrompts(path: string, field: string): Promise<Samples> {
  const lines: string[] = [];
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new RangeError(`${size} bytes; take ${MAX_BYTES} of them at most`);
    const input = createReadStream(path, { encoding: "utf8" });
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      lines.push(line);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw syntheticsError("PROMPTS_UNREADABLE", `the prompts of ${path}: ${words}`, {}, cause);
  }
  return parseSamples(lines, field);
}
