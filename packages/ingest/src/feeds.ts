import {
  type ComputeHistoryRow,
  CsvReader,
  historyReader,
  type ReconciliationRow,
  reconciliationReader,
} from "@neurond/exports";
import { CodedError } from "@neurond/primitives";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { ingestError } from "./errors.ts";

/** GPUs by chute, of the feed `chutes/gpu_count_history`. */
export function parseGpuCounts(text: string): ReadonlyMap<string, number> {
  const rows = parsed("gpu counts", text, z.array(GpuCount).max(MAX_ROWS));
  return new Map(rows.map(({ chute_id, gpu_count }) => [chute_id, gpu_count]));
}

/** Hotkeys that the validator refuses to pay, with its reason, of the feed `miner/metagraph`. */
export function parseBlacklist(text: string): ReadonlyMap<string, string> {
  const nodes = parsed("nodes", text, z.array(Node).max(MAX_ROWS));
  return new Map(
    nodes.flatMap(({ hotkey, blacklist_reason: reason }) =>
      reason ? [[hotkey, reason] as const] : [],
    ),
  );
}

/** The validator's own scores by hotkey, of the feed `miner/scores`; in whatever of its forms they come. */
export function parseScores(text: string): ReadonlyMap<string, number> {
  const { final_scores: scores } = parsed("scores", text, Scores);
  return new Map(Object.entries(scores));
}

/** When the validator says that instances ended. Fewer than one row is refused: it would end them all. */
export function parseReconciliation(text: string): readonly ReconciliationRow[] {
  const rows = csvRows("reconciliation", text, reconciliationReader);
  if (rows.length > 0) return rows;
  throw ingestError("FEED_INVALID", "the reconciliation has no rows: it would end every instance");
}

/** The validator's history of multipliers. */
export function parseHistoryFeed(text: string): readonly ComputeHistoryRow[] {
  return csvRows("compute history", text, historyReader);
}

const MAX_ROWS = 2_000_000;
/** An id is printable: whatever else it holds, not every store has a text for. */
const ChuteId = z.string().regex(/^[\x21-\x7e]{1,128}$/);
const GpuCount = z.object({ chute_id: ChuteId, gpu_count: z.int().min(0).max(1_000) });
const Node = z.object({ hotkey: z.string(), blacklist_reason: z.string().nullish() });
const Scores = z.object({ final_scores: z.record(z.string(), z.number()) });

function parsed<T>(what: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw ingestError("FEED_INVALID", `the feed of ${what} is no JSON`, {}, cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw ingestError("FEED_INVALID", `the feed of ${what} is wrong at ${place}: ${issue?.message}`);
}

function csvRows<Row>(
  what: string,
  text: string,
  readerOf: (header: readonly string[]) => (cells: readonly string[]) => Row,
): readonly Row[] {
  const reader = new CsvReader();
  try {
    const cells = [...reader.push(utf8ToBytes(text)), ...reader.end()];
    return cells.map(readerOf(reader.header ?? []));
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw ingestError("FEED_INVALID", `the feed of ${what} is wrong: ${cause.message}`, {}, cause);
  }
}
