import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareExactly } from "@neurond/incentive";
import { MemoryState, verdictOf } from "@neurond/ingest";
import {
  chainSubnet,
  chainWitness,
  DEFAULT_SETTINGS,
  ExportAuditor,
  httpSource,
} from "@neurond/ingest/io";
import { receiptUuid } from "@neurond/receipts";
import { SampleLedger } from "@neurond/testing/receipts";
import { findAttempts, openWarehouse } from "@neurond/warehouse";
import { expect, onTestFinished, test } from "vitest";
import { postReceipts } from "./support/post-receipts.ts";
import { Publishing } from "./support/publishing.ts";
import { cheat, honest, silent, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, key, MINERS, NETUID, World } from "./support/world.ts";

test("the auditor of other networks finds our slices verified and complete, and our scores its own to the last digit", {
  timeout: 120_000,
}, async () => {
  await using world = await World.begin();
  const [first, second, third, fourth] = MINERS;
  const workloads = toyWorkload(
    new Map([
      [hotkey(first), honest],
      [hotkey(second), cheat],
      [hotkey(third), silent],
      [hotkey(fourth), honest],
    ]),
  );
  const exports = { sliceMinutes: 5, delaySeconds: 12 };
  const publishing = new Publishing(world, "//Validator1", { workloads, exports }, true);
  await publishing.start();
  await publishing.node.announce();
  await world.serveMiners();
  await publishing.minutesUntil(async () => (await publishing.listing()).length === 1);
  // Requests through a miner's proxy are published and audited too, and pay nobody.
  const ledger = new SampleLedger(key(first));
  for (let n = 0; n < 7; n += 1) ledger.serve("//Caller", publishing.clock + n);
  expect(await postReceipts(publishing, await ledger.exported(0), first)).toMatchObject({
    next: 7,
  });
  await publishing.minutesUntil(async () => (await publishing.listing()).length === 5);

  const directory = await mkdtemp(join(tmpdir(), "neurond-audited-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await using warehouse = await openWarehouse({ directory: join(directory, "window") });
  const validator = hotkey("//Validator1");
  const state = new MemoryState();
  const auditor = new ExportAuditor({
    validator,
    source: httpSource({ url: publishing.node.url, allowPrivate: true }),
    witness: chainWitness({ netuid: NETUID, chain: world.chain, archives: [], seen: null }),
    readSubnet: chainSubnet(world.chain, NETUID),
    state,
    warehouse,
    settings: { ...DEFAULT_SETTINGS, directory: join(directory, "reports") },
    now: () => publishing.clock,
  });
  const { entries, run, fresh, coverage } = await auditor.pass(AbortSignal.timeout(60_000));

  expect(entries.map(verdictOf)).toEqual(Array(5).fill("VERIFIED"));
  const places = [0, 6, 7].map((index) => ({ ledgerId: "ab".repeat(16), index }));
  const ids = places.map((place) => receiptUuid(hotkey(first), place));
  const organic = await findAttempts(warehouse, ids, { asOf: run?.asOf ?? 0 });
  expect(organic.map(({ functionName, minerUid }) => [functionName, minerUid])).toEqual(
    Array(2).fill(["organic", -1]),
  );
  expect(entries.every(({ hasInvocations }) => hasInvocations)).toBe(true);
  expect(coverage?.overlaps).toEqual([]);
  // No weights were ever set here, so what is paid differs; nothing else may be found.
  expect(fresh.filter(({ kind }) => kind !== "SHARES_DIFFER")).toEqual([]);
  expect(run?.profile).toBe("compute_units");
  const theirs = new Map(
    (run?.rows ?? []).flatMap(({ hotkey, score }) =>
      score > 0n ? [[hotkey, score] as const] : [],
    ),
  );
  const answer = (await (await publishing.get("/miner/scores")).json()) as {
    readonly raw_scores: Readonly<Record<string, string>>;
  };
  const ours = new Map(
    Object.entries(answer.raw_scores).map(([key, score]) => [key, BigInt(score)]),
  );
  expect(ours.size).toBeGreaterThan(0);
  expect(compareExactly(ours, theirs)).toEqual([]);
  expect(run?.published?.agrees).toBe(true);
});
