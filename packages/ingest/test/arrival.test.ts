import { MICROS_PER_HOUR } from "@neurond/exports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { folderSource, recordedWitness } from "../io/index.ts";
import { MemoryState, PROFILES, type Profile, type ScoreRun, verdictOf } from "../src/index.ts";
import { auditorOf, dataset, type World } from "./world.ts";

const FEW = ["--hours", "4", "--miners", "4", "--chutes", "6", "--rate", "60"];
const patience = () => AbortSignal.timeout(100_000);

/** A folder whose listing says something else than its own. */
function listingOf(world: World, change: (entries: AuditEntries) => AuditEntries) {
  const source = folderSource(world.folder);
  return {
    ...source,
    async listing(given: AbortSignal) {
      const listing = await source.listing(given);
      return { ...listing, entries: change(listing.entries) };
    },
  };
}

type AuditEntries = Awaited<ReturnType<ReturnType<typeof folderSource>["listing"]>>["entries"];

describe("hours", { timeout: 120_000 }, () => {
  it("give the same scores in whatever order and company they arrive", async () => {
    const world = dataset(...FEW, "--gen", "all");
    const expectedOf = new Map<Profile, ScoreRun | null>();
    for (const profile of PROFILES) {
      const { auditor } = await auditorOf(world, { settings: { profile } });
      expectedOf.set(profile, (await auditor.pass(patience())).run);
    }
    const all = (await folderSource(world.folder).listing(patience())).entries;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...all.keys()], { minLength: all.length }),
        fc.integer({ min: 1, max: all.length - 1 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(...PROFILES),
        async (order, first, atOnce, profile) => {
          const expected = expectedOf.get(profile);
          const shuffled = order.flatMap((at) => all[at] ?? []);
          let passes = 0;
          // A part of the listing first, then all of it: as an auditor sees a week grow.
          const source = listingOf(world, () => {
            passes += 1;
            return passes === 1 ? shuffled.slice(0, first) : [...shuffled, ...shuffled];
          });
          const parts = { source, settings: { profile, atOnce } };
          const { auditor } = await auditorOf(world, parts);
          await auditor.pass(patience());
          const { run } = await auditor.pass(patience());
          expect([run?.asOf, run?.inputsRoot]).toEqual([expected?.asOf, expected?.inputsRoot]);
          expect(run?.rows).toEqual(expected?.rows);
        },
      ),
      { numRuns: 6 },
    );
  });

  it("that are missing are gaps, and come in when they appear", async () => {
    const world = dataset(...FEW, "--gen", "g1");
    let hides = true;
    const source = listingOf(world, (entries) =>
      hides ? entries.filter(({ path }, at) => at !== 0 || !path.includes("validator")) : entries,
    );
    const { auditor } = await auditorOf(world, { source });
    const before = await auditor.pass(patience());
    expect(before.run?.hours).toBe(3);
    hides = false;
    const after = await auditor.pass(patience());
    expect([after.loaded, after.isNewRun, after.run?.hours]).toEqual([1, true, 4]);
    expect(after.coverage?.overlaps).toEqual([]);
    const whole = await (await auditorOf(world)).auditor.pass(patience());
    expect(after.run?.rows).toEqual(whole.run?.rows);
  });

  it("of the future are refused, and slices that are no clock hour put aside", async () => {
    const world = dataset(...FEW, "--gen", "g3");
    const { run: expected } = await (await auditorOf(world)).auditor.pass(patience());
    const source = listingOf(world, (entries) => {
      const [first] = entries.filter(({ path }) => path.includes("validator"));
      if (first === undefined) return entries;
      const claim = (name: string, change: Partial<typeof first>) => ({
        ...first,
        entry_id: `00000000-0000-5000-8000-${name.padStart(12, "0")}`,
        ...change,
      });
      const year = 365 * 24 * MICROS_PER_HOUR;
      const later = {
        start_time: first.start_time + 80 * year,
        end_time: first.end_time + 80 * year,
      };
      const half = { start_time: first.start_time + MICROS_PER_HOUR / 2 };
      return [claim("2", half), ...entries, claim("1", later)];
    });
    const { auditor } = await auditorOf(world, { source });
    const { entries, fresh, run } = await auditor.pass(patience());
    expect(run?.rows).toEqual(expected?.rows);
    expect(fresh.map(({ kind }) => kind).toSorted()).toEqual([
      "ENTRY_QUARANTINED",
      "ENTRY_REFUSED",
    ]);
    expect(entries.filter(({ problem }) => problem !== null)).toMatchObject([
      { problem: "SLICE_WRONG", nextTryMs: null },
    ]);
  });

  it.each([
    ["half an hour behind", -0.5],
    ["a day ahead", 24],
  ])("are the same to an auditor whose clock is %s", async (_, hours) => {
    const world = dataset(...FEW, "--gen", "all");
    const { run: expected } = await (await auditorOf(world)).auditor.pass(patience());
    const now = () => (expected?.asOf ?? 0) / 1_000 + hours * 3_600_000;
    const { auditor } = await auditorOf(world, { now });
    const { entries, run, fresh } = await auditor.pass(patience());
    expect([run?.asOf, run?.hours, fresh]).toEqual([expected?.asOf, 4, []]);
    expect(run?.rows).toEqual(expected?.rows);
    expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
  });

  it("that leave retention leave no trace", async () => {
    const world = dataset(...FEW, "--gen", "all");
    const state = new MemoryState();
    const settings = { retentionHours: 2, hours: 168 };
    const { auditor, warehouse } = await auditorOf(world, { state, settings });
    const { entries, run } = await auditor.pass(patience());
    const newest = Math.max(...entries.map(({ endTime }) => endTime));
    expect(new Set(entries.map(({ endTime }) => (newest - endTime) / MICROS_PER_HOUR))).toEqual(
      new Set([0, 1, 2]),
    );
    expect(run?.hours).toBe(3);
    const rows = await warehouse.engine.exclusive(() =>
      warehouse.engine.rows("SELECT count(*) AS count FROM entries"),
    );
    expect(Number(rows[0]?.["count"])).toBe(entries.length);
  });

  it("that find the disk full wait until it is not", async () => {
    const world = dataset(...FEW, "--gen", "g3");
    let isFull = true;
    let nowMs = Date.now();
    const folder = folderSource(world.folder);
    const source: typeof folder = {
      ...folder,
      async fetch(...given) {
        if (isFull) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        return await folder.fetch(...given);
      },
    };
    const settings = { retries: "later", skipsMiners: true } as const;
    const { auditor } = await auditorOf(world, { source, now: () => nowMs, settings });
    const full = await auditor.pass(patience());
    expect(new Set(full.entries.map(({ problem }) => problem))).toEqual(new Set(["DISK_FULL"]));
    isFull = false;
    nowMs += 60_000;
    expect((await auditor.pass(patience())).run?.hours).toBe(4);
  });

  it("that nobody could look up yet are tried again, and only then taken for what they are", async () => {
    const world = dataset(...FEW, "--gen", "g3");
    const recorded = await recordedWitness(world.folder);
    let isDown = true;
    let nowMs = Date.now();
    const failed = async () => ({ kind: "failed", detail: "no answer" }) as const;
    const witness = {
      finalized: recorded.finalized,
      signed: (...given: Parameters<typeof recorded.signed>) =>
        isDown ? failed() : recorded.signed(...given),
      stored: (...given: Parameters<typeof recorded.stored>) =>
        isDown ? failed() : recorded.stored(...given),
      rows: recorded.rows,
    };
    const { auditor } = await auditorOf(world, {
      witness,
      now: () => nowMs,
      settings: { retries: "later", skipsMiners: true },
    });
    const first = await auditor.pass(patience());
    expect(first.entries.map((entry) => [verdictOf(entry), entry.problem])).toEqual(
      Array.from({ length: 4 }, () => ["PENDING", "CHAIN_UNREACHABLE"]),
    );
    isDown = false;
    const tooSoon = await auditor.pass(patience());
    expect(tooSoon.loaded).toBe(0);
    nowMs += 60_000;
    const later = await auditor.pass(patience());
    expect(later.entries.map((entry) => [verdictOf(entry), entry.step, entry.failures])).toEqual(
      Array.from({ length: 4 }, () => ["VERIFIED", "SCORED", 0]),
    );
  });
});
