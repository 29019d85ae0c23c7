import { hotkeyOf } from "@neurond/primitives";
import { failed, passed } from "@neurond/workload";
import { describe, expect, it } from "vitest";
import {
  intervalOf,
  nextStanding,
  optionSchema,
  type PlacedLogEntry,
  STANDING,
  type Standing,
  StandingReplay,
  standingBody,
  standingRulesOf,
  VALIDATOR_OPTIONS,
} from "../src/index.ts";

const [alice, bob] = [1, 2].map((byte) => hotkeyOf(new Uint8Array(32).fill(byte)));
const options = optionSchema(VALIDATOR_OPTIONS).parse({});
const rules = standingRulesOf(options, { mode: "sigmoid", timeoutMs: 10_000 });
const registered = [alice, bob].filter((one) => one !== undefined);
const WORKLOAD = "storage/1";

const seen = (run: number, miner = alice, outcome = passed()): PlacedLogEntry => ({
  kind: "observation",
  run_id: `run-${run}`,
  workload: WORKLOAD,
  miner: miner ?? hotkeyOf(new Uint8Array(32)),
  slot: 0,
  outcome,
  sent_ms: 0,
  received_ms: 500,
});
const documentOf = (standing: Standing): PlacedLogEntry => ({
  kind: "document",
  run_id: `run-${standing.run}`,
  type: STANDING,
  body: standingBody(standing),
});

/** A log as an honest validator writes it. */
function honest(runs: number): PlacedLogEntry[] {
  const log: PlacedLogEntry[] = [];
  let before: Standing | null = null;
  for (let run = 0; run < runs; run += 1) {
    const from: number = before?.log ?? 0;
    const named = { runId: `run-${run - 1}`, workload: WORKLOAD };
    const interval =
      before === null ? { tasks: [], records: [] } : intervalOf(log.slice(from), named);
    const planned = { run, block: 360 * run, log: log.length, registered, rules };
    before = nextStanding(before, interval, planned);
    log.push(documentOf(before), seen(run), seen(run, bob, run % 2 ? passed() : failed("X")));
  }
  return log;
}

function replay(log: readonly PlacedLogEntry[]) {
  const standings = new StandingReplay(WORKLOAD);
  for (const [at, entry] of log.entries()) {
    const fault = standings.take(at, entry);
    if (fault !== null) return fault;
  }
  return standings.checked;
}

/** The log with the body of one run's standing altered. */
const altered = (change: (body: Record<string, unknown>) => unknown) =>
  honest(5).map((entry) =>
    entry.kind === "document" && entry.run_id === "run-3"
      ? { ...entry, body: change(structuredClone(entry.body) as Record<string, unknown>) }
      : entry,
  );

describe("a replay of standings", () => {
  it("finds those of an honest validator as they are", () => {
    expect(replay(honest(6))).toBe(6);
  });

  it("names the first member that does not follow from the log", () => {
    const log = altered((body) => {
      const { book } = body as { book: { scores: Record<string, number> } };
      book.scores[alice ?? ""] = 1;
      return body;
    });
    expect(replay(log)).toMatchObject({
      at: 9,
      runId: "run-3",
      fault: "DIFFERS",
      field: `book.scores.${alice}`,
      said: "1",
    });
  });

  it.each([
    ["SHAPE", (body: object) => ({ ...body, run: "3" })],
    ["BEFORE", (body: object) => ({ ...body, before: 77 })],
    ["ORDER", (body: object) => ({ ...body, log: 10_000 })],
    ["SKIPPED", (body: object) => ({ ...body, before: 1 })],
    ["SKIPPED", (body: object) => ({ ...body, before: null })],
    ["DIFFERS", (body: object) => ({ ...body, tiers_block: 0 })],
  ])("finds %s", (fault, change) => {
    expect(replay(altered(change))).toMatchObject({ runId: "run-3", fault });
  });

  it("finds an outcome that was altered or left out afterwards", () => {
    const log = honest(5);
    const without = log.toSpliced(7, 1, { ...seen(9) });
    expect(replay(without)).toMatchObject({ fault: "DIFFERS", runId: "run-3" });
    const other = log.toSpliced(7, 1, seen(2, alice, failed("X")));
    expect(replay(other)).toMatchObject({ fault: "DIFFERS", runId: "run-3" });
  });

  it("lets a run be passed over only where nothing of it was judged", () => {
    const idle = honest(3).filter((entry) => entry.kind === "document" || entry.run_id !== "run-2");
    const first = new StandingReplay(WORKLOAD);
    const standings = idle.flatMap((entry, at) => {
      expect(first.take(at, entry)).toBeNull();
      return entry.kind === "document" && first.latest ? [first.latest] : [];
    });
    const before = standings[1];
    if (before === undefined) throw new Error("there is no second standing");
    const interval = intervalOf(idle.slice(before.log), { runId: "run-1", workload: WORKLOAD });
    const planned = { run: 3, block: 1080, log: idle.length, registered, rules };
    const next = documentOf(nextStanding(before, interval, planned));
    expect(replay([...idle, next])).toBe(4);
    const judged = [...idle, seen(2)];
    const later = documentOf(nextStanding(before, interval, { ...planned, log: judged.length }));
    expect(replay([...judged, later])).toMatchObject({ fault: "SKIPPED" });
  });
});
