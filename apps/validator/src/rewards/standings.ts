import { decodeEntry, type LogStorage, type Observation } from "@neurond/ledger";
import type { RunId } from "@neurond/primitives";
import {
  type Interval,
  intervalOf,
  type LoggedEntry,
  type Standing,
  standingOf,
  TASK,
} from "@neurond/storage-rules";
import type { RunJournal } from "../ports/run-journal.ts";
import { documentsOf } from "../run-record.ts";

/** A standing, and the run it was logged for. */
export interface PlacedStanding {
  readonly index: number;
  readonly runId: RunId;
  readonly standing: Standing;
}

const PAGE = 500;
/** So far back a standing is looked for; a validator that was away for longer begins anew. */
const RUNS_BACK = 1_000;

/** The standing of the latest run that was opened before one; null when there is none. */
export async function standingBefore(
  journal: Pick<RunJournal, "read" | "latest">,
  index: number,
): Promise<PlacedStanding | null> {
  const latest = await journal.latest("opened");
  if (latest === undefined) return null;
  const newest = Math.min(latest.index, index - 1);
  for (let at = newest; at >= 0 && at > newest - RUNS_BACK; at -= 1) {
    const { opened, ...facts } = await journal.read(at, ["opened", "planned"]);
    if (opened === undefined) continue;
    const documents = documentsOf(facts);
    const standing = standingOf(documents);
    const [first] = documents;
    if (standing !== null && first) return { index: at, runId: first.run_id, standing };
  }
  return null;
}

/** What the log holds from a standing on, up to a size of it. */
export async function readInterval(
  log: LogStorage,
  { runId, standing }: PlacedStanding,
  { workload, upTo }: { readonly workload: string; readonly upTo: number },
): Promise<Interval> {
  const entries: LoggedEntry[] = [];
  for (let at = standing.log; at < upTo; at += PAGE) {
    const texts = await log.read(at, Math.min(upTo, at + PAGE));
    for (const text of texts) {
      const entry = decodeEntry(text);
      if (entry?.kind === "document" && entry.type === TASK) entries.push(entry);
      if (entry?.kind === "observation") entries.push(withoutContent(entry));
    }
  }
  return intervalOf(entries, { runId, workload });
}

/** An observation without tasks and evidence, which are long: nothing here looks at them. */
function withoutContent(seen: Observation): LoggedEntry {
  const { kind, run_id, workload, miner, slot, outcome, sent_ms, received_ms } = seen;
  return { kind, run_id, workload, miner, slot, outcome, sent_ms, received_ms };
}
