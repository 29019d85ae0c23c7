import { parseHotkey, toNetuid } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import {
  type AuditState,
  type ExportedRun,
  type Finding,
  finding,
  type MetagraphNode,
  type ScoreRun,
  type TrackedEntry,
  trackedEntry,
} from "../src/index.ts";

const source = parseHotkey("5Dt7HZ7Zpw4DppPxFM7Ke3Cm7sDAWhsZXmM5ZAmE7dSVJbcQ");
const other = parseHotkey("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
const HOUR = 3_600_000_000;
const START = Date.UTC(2025, 9, 26) * 1_000;
const netuid = toNetuid(64);

function entryAt(hour: number, block = 100 + hour): TrackedEntry {
  const entryId = `00000000-0000-5000-8000-${String(block).padStart(12, "0")}`;
  return trackedEntry(source, "validator", source, {
    entry_id: entryId,
    hotkey: source,
    block,
    path: `audit/validator/${source}/${block}.json`,
    created_at: START + (hour + 1) * HOUR,
    start_time: START + hour * HOUR,
    end_time: START + (hour + 1) * HOUR,
  });
}

const run = (asOf: number): ScoreRun => ({
  source,
  asOf,
  profile: "features",
  inputsRoot: "0x00",
  inputs: { usage: "0x01" },
  block: 7,
  createdMs: 1_000,
  hours: 4,
  isComplete: true,
  reconciled: false,
  total: 12_345_678_901_234_567_890_123_456_789n,
  rows: [
    {
      hotkey: other,
      uid: 3,
      score: 98_765_432_109_876_543_210n,
      share: 999_999_999_999_999_999n,
      actual: 1n,
      weight: null,
      published: 5n,
      raw: { units: "1" },
    },
  ],
  metagraph: {
    l1: 20_000_000_000_000_001n,
    maxDelta: 1n,
    agrees: true,
    spearman: 1,
    kendall: null,
  },
  weights: null,
  published: { l1: 0n, maxDelta: 0n, agrees: true, spearman: null, kendall: null },
});

/** A neuron by its uid. */
const nodeAt = (nodeId: number, change: Partial<MetagraphNode> = {}): MetagraphNode => ({
  netuid,
  hotkey: nodeId === 0 ? source : other,
  coldkey: source,
  nodeId,
  incentive: 65_535,
  stake: 21_000_000_000_000_001n,
  taoStake: null,
  alphaStake: 0n,
  vtrust: null,
  lastUpdated: 7,
  ip: "2001:db8::1",
  port: 80,
  protocol: 4,
  ...change,
});

/** What every keeper of an auditor's state does. */
export function stateContract(name: string, open: () => Promise<AuditState>): void {
  describe(name, () => {
    it("takes an entry up once, and keeps what became of it", async () => {
      const state = await open();
      expect(await state.track([entryAt(1), entryAt(0), entryAt(1)])).toBe(2);
      const saved: TrackedEntry = {
        ...entryAt(1),
        step: "HASHED",
        reportSha256: "ab".repeat(32),
        generation: "g2",
        hasInvocations: true,
        uptime: 3_600_000_000,
        verification: {
          status: "MISMATCH",
          method: "body_event",
          committed: "cd".repeat(32),
          foundBlock: 101,
          blockTime: START,
          checkedMs: 1_761_436_800_123,
        },
        problem: "DIGEST_MISMATCH",
        detail: 'it\'s "so"',
        failures: 2,
        nextTryMs: null,
      };
      await state.save(saved);
      expect(await state.track([entryAt(1), entryAt(2)])).toBe(1);
      expect(await state.entries(source)).toEqual([entryAt(0), saved, entryAt(2)]);
      expect(await state.entries(other)).toEqual([]);
      await state.save({ ...saved, verification: null });
      expect((await state.entries(source))[1]?.verification).toBeNull();
    });

    it("moves what is loaded on to scored, and nothing else", async () => {
      const state = await open();
      const entries = [entryAt(0), entryAt(1), entryAt(2)];
      await state.track(entries);
      await state.save({ ...entryAt(1), step: "LOADED" });
      await state.save({ ...entryAt(2), step: "HASHED" });
      await state.markScored(other);
      await state.markScored(source);
      const steps = (await state.entries(source)).map(({ step }) => step);
      expect(steps).toEqual(["LISTED", "SCORED", "HASHED"]);
    });

    it("forgets by time, with what was found, and a late save brings nothing back", async () => {
      const state = await open();
      await state.track([entryAt(0), entryAt(1)]);
      const found = [0, 1].map((hour) => {
        const { entryId, endTime } = entryAt(hour);
        return finding(source, "NO_CSV", { entryId, endTime }, "no rows");
      });
      await state.addFindings(found);
      expect(await state.forget(source, entryAt(1).endTime)).toEqual([entryAt(0).entryId]);
      await state.save({ ...entryAt(0), step: "LOADED" });
      expect(await state.entries(source)).toEqual([entryAt(1)]);
      expect(await state.findings(source, 10)).toEqual(found.slice(1));
    });

    it("gives back findings the first time only, and lists the newest first", async () => {
      const state = await open();
      const found: readonly Finding[] = ["a", "b"].map((subject) =>
        finding(source, "BLACKLISTED", { subject }, "so it is"),
      );
      expect(await state.addFindings(found.slice(0, 1))).toEqual(found.slice(0, 1));
      expect(await state.addFindings([...found, ...found])).toEqual(found.slice(1));
      expect(await state.findings(source, 1)).toEqual(found.slice(1));
      expect(await state.addFindings([])).toEqual([]);
    });

    it("keeps neurons and GPU counts in the place of those before", async () => {
      const state = await open();
      const [subnet, another] = [toNetuid(64), toNetuid(65)];
      expect([await state.nodes(subnet), (await state.gpuCounts(source)).size]).toEqual([[], 0]);
      await state.saveNodes(subnet, [nodeAt(1), nodeAt(0)]);
      await state.saveNodes(another, [nodeAt(1, { netuid: another })]);
      expect(await state.nodes(subnet)).toEqual([nodeAt(0), nodeAt(1)]);
      const changed = nodeAt(1, { incentive: 3, ip: null, port: null });
      await state.saveNodes(subnet, [changed]);
      expect(await state.nodes(subnet)).toEqual([changed]);
      expect(await state.nodes(another)).toHaveLength(1);
      await state.saveGpuCounts(
        source,
        new Map([
          ["a", 1],
          ["b", 8],
        ]),
      );
      await state.saveGpuCounts(source, new Map([["b", 4]]));
      expect(await state.gpuCounts(source)).toEqual(new Map([["b", 4]]));
      expect((await state.gpuCounts(other)).size).toBe(0);
    });

    it("takes the same neurons from several validators that are looked at in the same moment", async () => {
      const state = await open();
      const subnet = toNetuid(65);
      const at = (incentive: number) =>
        [0, 1].map((nodeId) => nodeAt(nodeId, { netuid: subnet, incentive }));
      for (let round = 0; round < 5; round += 1)
        await Promise.all(Array.from({ length: 8 }, () => state.saveNodes(subnet, at(round))));
      expect(await state.nodes(subnet)).toEqual(at(4));
    });

    it("keeps every digit of scores", async () => {
      const state = await open();
      expect(await state.latestScores(source)).toBeNull();
      await state.saveScores(run(START));
      await state.saveScores(run(START + HOUR));
      expect(await state.latestScores(source)).toEqual(run(START + HOUR));
      expect(await state.latestScores(other)).toBeNull();
    });

    it("keeps the newest verdict on a run, as long as the entry that states it", async () => {
      const state = await open();
      await state.track([entryAt(0), entryAt(1)]);
      const judged = (hour: number, runId: string): ExportedRun => ({
        source,
        entryId: entryAt(hour).entryId,
        endTime: entryAt(hour).endTime,
        runId,
        family: "toy-1",
        workload: "toy/1",
        reportSha256: "ab".repeat(32),
        verdict: { kind: "not_whole", from: 3, to: 9 },
        asOf: START,
        judgedMs: 7,
      });
      const better: ExportedRun = {
        ...judged(1, "run-2"),
        verdict: {
          kind: "differs",
          field: `scores.${other}`,
          stated: "1",
          recomputed: "none",
          rows: 4,
        },
        asOf: START + HOUR,
        judgedMs: 8,
      };
      await state.saveExportedRuns([judged(1, "run-2"), judged(1, "run-1"), judged(0, "run-0")]);
      await state.saveExportedRuns([better, judged(7, "run-9")]);
      await state.saveExportedRuns([]);
      const all = [judged(0, "run-0"), judged(1, "run-1"), better];
      expect(await state.exportedRuns(source)).toEqual(all);
      expect(await state.exportedRuns(other)).toEqual([]);
      await state.forget(source, entryAt(1).endTime);
      expect(await state.exportedRuns(source)).toEqual(all.slice(1));
    });

    it("keeps digests that were seen, each once, with how far was looked", async () => {
      const state = await open();
      const digest = {
        netuid,
        hotkey: other,
        block: 9,
        extrinsicIndex: 2,
        blockHash: "0xab",
        blockTime: START,
        digest: "ab".repeat(32),
      } as const;
      expect(await state.followedTo(netuid)).toBeNull();
      await state.saveDigests(netuid, [digest], 12);
      await state.saveDigests(netuid, [digest], 13);
      expect(await state.digestsAt(netuid, other, 9)).toEqual([digest]);
      expect(await state.digestsAt(netuid, source, 9)).toEqual([]);
      expect(await state.followedTo(netuid)).toBe(13);
    });
  });
}
