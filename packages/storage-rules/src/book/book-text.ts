import { CodedError, canonicalJson, parseHotkey } from "@neurond/primitives";
import { z } from "zod";
import type { StorageRulesCode } from "../errors.ts";
import { toNano } from "../rewards/fixed.ts";
import { statisticsFromFields, statisticsToFields } from "../statistics/counters.ts";
import type { MinerBook } from "./miner-book.ts";

const BookFile = z.strictObject({
  version: z.literal(1),
  unit: z.literal("nano"),
  scores: z.record(z.string(), z.int()),
  statistics: z.record(z.string(), z.record(z.string(), z.string())),
  failed_pings: z.record(z.string(), z.int().min(1)),
});

/** A book as one text (`state.json`), the same for the same book. */
export function formatBook({ scores, statistics, failedPings }: MinerBook): string {
  const fields = [...statistics].map(([hotkey, known]) => [hotkey, statisticsToFields(known)]);
  return canonicalJson({
    version: 1,
    unit: "nano",
    scores: Object.fromEntries(scores),
    statistics: Object.fromEntries(fields),
    failed_pings: Object.fromEntries(failedPings),
  });
}

/** Reads a book again. @throws CodedError STATE_INVALID */
export function parseBook(text: string): MinerBook {
  try {
    const { scores, statistics, failed_pings } = BookFile.parse(JSON.parse(text));
    return {
      scores: byHotkey(scores, toNano),
      statistics: byHotkey(statistics, statisticsFromFields),
      failedPings: byHotkey(failed_pings, (count) => count),
    };
  } catch (cause) {
    const message = "the kept state of miners cannot be read; move it aside to begin anew";
    throw new CodedError<StorageRulesCode>("STATE_INVALID", message, {}, { cause });
  }
}

function byHotkey<Kept, Value>(
  record: Readonly<Record<string, Kept>>,
  read: (kept: Kept) => Value,
) {
  return new Map(
    Object.entries(record).map(([hotkey, kept]) => [parseHotkey(hotkey), read(kept)] as const),
  );
}
