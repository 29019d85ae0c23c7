import { CodedError, toUid, type Uid } from "@neurond/primitives";
import type { UsageCode } from "../../failures.ts";

const PART = /^(\d{1,5})(?:(?:-|\.\.)(\d{1,5}))?$/;

/** Reads `0-255`, `0..255` or `1,2,5-9`, ascending and each once. */
export function parseUids(text: string): readonly Uid[] {
  const found = text.split(",").flatMap((part) => {
    const [, first, last = first] = PART.exec(part.trim()) ?? [];
    const length = Number(last) - Number(first) + 1;
    if (length >= 1 && Number(last) <= 65_535) {
      return Array.from({ length }, (_, at) => Number(first) + at);
    }
    const message = "uids are written like 0-255 or 1,2,5-9, from 0 to 65535";
    throw new CodedError<UsageCode>("USAGE", message, { part });
  });
  return [...new Set(found)].sort((a, b) => a - b).map(toUid);
}
