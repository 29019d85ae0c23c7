import { formatIsoTime } from "@neurond/exports";
import { FAULTS } from "@neurond/gen-exports";
import { describe, expect, it } from "vitest";
import type { Cycle } from "../io/index.ts";
import { folderSource } from "../io/index.ts";
import { listingFindings, verdictOf } from "../src/index.ts";
import { auditorOf, dataset, type Truth } from "./world.ts";

const FEW = ["--miners", "4", "--chutes", "6", "--rate", "60"];
const TINY = ["--hours", "3", ...FEW];
const patience = () => AbortSignal.timeout(100_000);

/** Faults in single calls: traced requests find them, not the reading of exports. */
const OF_SYNTHETICS = ["SYNTHETIC_MISSING", "SYNTHETIC_MISMATCH"];

/** What must be said beside the documented findings, by fault. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  "tampered-csv": ["DIGEST_MISMATCH"],
  "tampered-json": ["DIGEST_MISMATCH"],
  "missing-commitment": ["COMMITMENT_MISSING"],
  "pruned-body": ["ENTRY_UNVERIFIABLE"],
  "oversize-miner-report": ["MINER_REPORT"],
};

function expectTruth(
  { entries, fresh }: Cycle,
  truth: Truth,
  faults: readonly string[],
  also: readonly string[] = [],
) {
  const verdicts = new Map(entries.map((entry) => [entry.entryId, String(verdictOf(entry))]));
  for (const { entryId, kind } of fresh)
    if (kind === "PATH_UNSAFE" && entryId !== null) verdicts.set(entryId, "REFUSED");
  const expected = new Map(truth.entries.map((entry) => [entry.entry_id, entry.verdict]));
  expect(Object.fromEntries(verdicts)).toEqual(Object.fromEntries(expected));
  const documented = truth.findings.filter(({ kind }) => !OF_SYNTHETICS.includes(kind));
  const said = fresh.filter(({ kind }) => kind !== "REQUEST_EXCLUDED_LATER");
  const wanted = [
    ...documented.map(({ kind }) => kind).filter((kind) => kind !== "REQUEST_EXCLUDED_LATER"),
    ...faults.flatMap((fault) => ALSO[fault] ?? []),
    ...also,
  ];
  expect(said.map(({ kind }) => kind).toSorted()).toEqual(wanted.toSorted());
  for (const { kind, end_time, subject } of documented) {
    if (["OUT_OF_ORDER", "RECONCILIATION_REFUSED", "BLACKLISTED", "PATH_UNSAFE"].includes(kind))
      continue;
    const times = fresh.filter((found) => found.kind === kind && found.subject === subject);
    expect(times.map(({ endTime }) => endTime && formatIsoTime(endTime))).toContain(end_time);
  }
}

describe("each documented fault", { timeout: 120_000 }, () => {
  it.each(FAULTS.map((fault) => [fault]))("%s has exactly its verdict", async (fault) => {
    const world = dataset("--fault", fault, ...TINY);
    const { auditor } = await auditorOf(world);
    const cycle = await auditor.pass(patience());
    expectTruth(cycle, world.truth, [fault]);
  });

  it("has it beside all others too", async () => {
    const world = dataset("--fault", "all", "--hours", String(FAULTS.length + 2), ...FEW);
    const { auditor } = await auditorOf(world);
    const cycle = await auditor.pass(patience());
    // Four of the hours could not be used, and what was served in them is missing in the scores.
    expectTruth(cycle, world.truth, [...FAULTS], ["SHARES_DIFFER"]);
  });

  it.each(["digest-hex", "digest-array", "digest-tuple"])(
    "%s reads the same from the state of the chain",
    async (fault) => {
      const world = dataset("--fault", fault, ...TINY);
      const { auditor } = await auditorOf(world, { settings: { first: "storage" } });
      const { entries } = await auditor.pass(patience());
      expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
      expect(new Set(entries.map(({ verification }) => verification?.method))).toEqual(
        new Set(["storage"]),
      );
    },
  );

  it("that no chain can clear up is loaded when the policy says so, and is still not verified", async () => {
    const world = dataset("--fault", "pruned-body", ...TINY);
    const { auditor } = await auditorOf(world, { settings: { policy: "accept_unverifiable" } });
    const { entries, run, coverage } = await auditor.pass(patience());
    const own = entries.filter(({ reporter }) => reporter === "validator");
    expect(own.map(({ step }) => step)).toEqual(["SCORED", "SCORED", "SCORED"]);
    expect(own.map(verdictOf).toSorted()).toEqual(["UNVERIFIABLE", "VERIFIED", "VERIFIED"]);
    expect([run?.hours, coverage?.coveredSeconds]).toEqual([2, 3_600]);
  });

  it("of a listing is not followed", async () => {
    const world = dataset("--fault", "path-traversal", ...TINY);
    const listing = await folderSource(world.folder).listing(patience());
    expect(listingFindings(world.validator, listing, Date.now() * 1_000)).toMatchObject([
      { kind: "PATH_UNSAFE", severity: "critical" },
    ]);
  });
});
