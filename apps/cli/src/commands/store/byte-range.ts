import { CodedError } from "@neurond/primitives";
import type { UsageCode } from "../../failures.ts";

/** Bytes from `from` up to, not including, `to`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * A range as HTTP writes it: `0-99` is the first hundred bytes, `100-` all from there, `-100` the last
 * hundred. It ends with the file.
 */
export function parseByteRange(text: string, size: number): ByteRange {
  const [, first = "", last = ""] = /^(\d{0,15})-(\d{0,15})$/.exec(text) ?? [];
  if (first === "" && last === "")
    throw wrong(text, "is first-last, such as 0-1023, 1024- or -512");
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (from < to) return { from, to };
  throw wrong(text, `holds nothing of a file of ${size} bytes`);
}

function wrong(text: string, why: string): CodedError<UsageCode> {
  return new CodedError("USAGE", `--range ${why}`, { text });
}
