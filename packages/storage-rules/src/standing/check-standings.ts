import { canonicalJson } from "@neurond/primitives";
import type { LoggedEntry } from "./interval.ts";
import { intervalOf } from "./interval.ts";
import { nextStanding } from "./next-standing.ts";
import { readStanding, STANDING, type Standing, standingBody } from "./standing.ts";

/** An entry of a log with its place; `run_id` says which run a document is of. */
export type PlacedLogEntry = LoggedEntry & { readonly run_id: string };

/** What a standing in a log is wrong in. */
export interface StandingFault {
  /** Place in the log. */
  readonly at: number;
  readonly runId: string;
  readonly fault:
    | "SHAPE" // it cannot be read
    | "ORDER" // it takes in what stands behind it, or less than the one before
    | "BEFORE" // it goes on from a standing that is not among the latest of the log
    | "SKIPPED" // it passes over a run that was judged
    | "DIFFERS"; // the log comes to something else
  /** The first member that differs, such as a hotkey's score; null for other faults. */
  readonly field: string | null;
  readonly said: string | null;
  readonly due: string | null;
}

interface Known {
  readonly runId: string;
  readonly standing: Standing;
  /** Place in the log. */
  readonly at: number;
}

/** Standings that may be gone on from: a validator that was away for a run goes on from one before. */
const KEPT = 4;

/**
 * Computes every standing of a log again from the one before and what stands between: counters,
 * averages, tiers. Entries come in order from the log's beginning; the first fault ends it.
 */
export class StandingReplay {
  readonly #workload: string;
  #known: readonly Known[] = [];
  #entries: { readonly at: number; readonly entry: PlacedLogEntry }[] = [];
  #checked = 0;

  constructor(workload: string) {
    this.#workload = workload;
  }

  /** Standings that hold so far. */
  get checked(): number {
    return this.#checked;
  }

  /** The latest standing, by whose rules the run after it is settled. */
  get latest(): Standing | null {
    return this.#known.at(-1)?.standing ?? null;
  }

  /** Takes the next entry; what is wrong with it, or null. */
  take(at: number, entry: PlacedLogEntry): StandingFault | null {
    if (entry.kind !== "document" || entry.type !== STANDING) {
      this.#entries.push({ at, entry });
      return null;
    }
    // Of two standings of one run the first counts, here as for whoever settles the run.
    if (this.#known.some(({ runId }) => runId === entry.run_id)) return null;
    const about = { at, runId: entry.run_id };
    const said = readStanding(entry.body);
    if (said === null) return fault(about, "SHAPE");
    const before = this.#known.find(({ standing }) => standing.run === said.before);
    if (before === undefined && said.before !== null) return fault(about, "BEFORE");
    if (said.log > at || said.log < (before?.standing.log ?? 0)) return fault(about, "ORDER");
    if (this.#skips(said, before)) return fault(about, "SKIPPED");
    const due = this.#due(said, before);
    const difference = firstDifference(standingBody(said), standingBody(due));
    if (difference !== null) return { ...fault(about, "DIFFERS"), ...difference };
    this.#known = [...this.#known, { runId: entry.run_id, standing: said, at }].slice(-KEPT);
    const oldest = this.#known[0]?.standing.log ?? 0;
    this.#entries = this.#entries.filter((kept) => kept.at >= oldest);
    this.#checked += 1;
    return null;
  }

  #due(said: Standing, before: Known | undefined): Standing {
    const { run, block, log, registered, rules } = said;
    const planned = { run, block, log, registered, rules };
    if (before === undefined) return nextStanding(null, { tasks: [], records: [] }, planned);
    const between = this.#entries.filter(({ at }) => at >= before.standing.log && at < said.log);
    const named = { runId: before.runId, workload: this.#workload };
    const interval = intervalOf(
      between.map(({ entry }) => entry),
      named,
    );
    return nextStanding(before.standing, interval, planned);
  }

  /** Whether a run between was judged: what it came to would be forgotten. */
  #skips(said: Standing, before: Known | undefined): boolean {
    const skipped = this.#known
      .filter(({ standing }) => standing.run > (before?.standing.run ?? -1))
      .map(({ runId }) => runId);
    return this.#entries.some(
      ({ at, entry }) =>
        at < said.log &&
        entry.kind === "observation" &&
        entry.workload === this.#workload &&
        entry.outcome.kind !== "unknown" &&
        skipped.includes(entry.run_id),
    );
  }
}

function fault(
  about: { readonly at: number; readonly runId: string },
  kind: StandingFault["fault"],
): StandingFault {
  return { ...about, fault: kind, field: null, said: null, due: null };
}

/** The first member, by path, in which two bodies differ. */
function firstDifference(
  said: unknown,
  due: unknown,
  path = "",
): { readonly field: string; readonly said: string; readonly due: string } | null {
  if (isRecord(said) && isRecord(due)) {
    for (const key of [...new Set([...Object.keys(said), ...Object.keys(due)])].sort()) {
      const found = firstDifference(said[key], due[key], path === "" ? key : `${path}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  const [ours, theirs] = [textOf(due), textOf(said)];
  return ours === theirs ? null : { field: path, said: theirs, due: ours };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const textOf = (value: unknown) => (value === undefined ? "nothing" : canonicalJson(value));
