import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  bookRulesOf,
  checkBatchEvent,
  checkSelection,
  openLine,
  REWARD_RULES,
  SelectionRecord,
  TaskEvent,
  TIER_RULES,
} from "@neurond/storage-rules";
import { readLines } from "@neurond/storage-rules/io";
import type { AuditLogResult } from "./log-schema.ts";

const FILE = /^events(-\d{6,})?\.jsonl$/;

/** Checks the event log of a state directory, files set aside first: digests, draws and rewards. */
export async function replayEvents(
  directory: string,
  signal: AbortSignal,
): Promise<AuditLogResult> {
  const tally = { source: directory, selections: 0, rewards: 0, standings: 0, reports: 0 };
  const mismatch = (at: string, fault: string): AuditLogResult => {
    return { ...tally, verdict: "mismatch", mismatch: { at, fault, ...NO_VALUES } };
  };
  let digest: string | null = null;
  for (const file of filesOf(await readdir(directory))) {
    const bytes = createReadStream(join(directory, file), { signal });
    for await (const { number, text } of readLines(bytes)) {
      const at = `${file}:${number}`;
      const line = openLine(text);
      if (line === null) return mismatch(at, "DIGEST");
      if (digest !== null && line.prev !== digest) return mismatch(at, "ORDER");
      digest = line.digest;
      const event = TaskEvent.safeParse(line.record);
      if (event.success) {
        const fault = faultOf(event.data);
        if (fault !== null) return mismatch(at, fault);
        if (event.data.rewards.length > 0) tally.rewards += 1;
        continue;
      }
      const record = SelectionRecord.safeParse(line.record);
      if (!record.success) return mismatch(at, "SHAPE");
      const fault = checkSelection(record.data);
      if (fault !== null) return mismatch(at, fault);
      tally.selections += 1;
    }
  }
  const isEmpty = tally.selections + tally.rewards === 0;
  return { ...tally, verdict: isEmpty ? "empty" : "holds", mismatch: null };
}

const NO_VALUES = { field: null, said: null, due: null };

/** What is wrong with an event by the rules that stand in it, or by the documented ones. */
function faultOf(event: TaskEvent): string | null {
  const { rules } = event;
  const { table } = TIER_RULES[rules?.tier_rule ?? "seed"];
  return checkBatchEvent(event, table, rules ? bookRulesOf(rules).rewards : REWARD_RULES);
}

/** Oldest first: `events-000001.jsonl` …, and at last the one that is written to. */
function filesOf(names: readonly string[]): readonly string[] {
  const aside = names.filter((name) => FILE.test(name) && name !== "events.jsonl");
  const sorted = aside.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return names.includes("events.jsonl") ? [...sorted, "events.jsonl"] : sorted;
}
