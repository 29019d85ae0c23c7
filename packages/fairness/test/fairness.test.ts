import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseRecordedMetagraph } from "@neurond/exports";
import { Dataset, generate, parseOptions } from "@neurond/gen-exports";
import { HOUR_US, ownerShares } from "@neurond/incentive";
import { MemoryState } from "@neurond/ingest";
import {
  DEFAULT_SETTINGS,
  ExportAuditor,
  folderSource,
  recordedSubnet,
  recordedWitness,
} from "@neurond/ingest/io";
import { parseHotkey } from "@neurond/primitives";
import { auditedCounts, openWarehouse } from "@neurond/warehouse";
import { expect, test } from "vitest";
import { activeIn, fairnessOf, instanceHours } from "../src/index.ts";

test("traffic of a window adds up, and instances that got nothing stand beside those that got all", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "neurond-fairness-"));
  await using resources = new AsyncDisposableStack();
  resources.defer(() => rmSync(scratch, { recursive: true, force: true }));
  const folder = join(scratch, "exports");
  const args = "--hours 4 --miners 8 --chutes 6 --rate 800 --gen all";
  generate(parseOptions([...args.split(" "), "--out", folder]));
  const dataset = new Dataset(folder);
  const warehouse = resources.use(await openWarehouse({ directory: join(scratch, "window") }));
  const { run } = await new ExportAuditor({
    validator: parseHotkey(dataset.manifest.validator.hotkey),
    source: folderSource(folder),
    witness: await recordedWitness(folder),
    readSubnet: recordedSubnet(folder),
    state: new MemoryState(),
    warehouse,
    now: Date.now,
    settings: { ...DEFAULT_SETTINGS, directory: join(scratch, "reports"), skipsMiners: true },
  }).pass(AbortSignal.timeout(30_000));
  if (run === null) throw new Error("nothing was scored");
  const { neurons } = parseRecordedMetagraph(dataset.text("chain/metagraph.json"));
  const owners = new Map(neurons.map(({ hotkey, coldkey }) => [hotkey, coldkey]));
  const account = await fairnessOf(warehouse, { asOf: run.asOf, owners });

  const answered = await auditedCounts(warehouse, { asOf: run.asOf });
  const successes = answered.reduce((sum, { count }) => sum + count, 0);
  const failed = account.errors.reduce((sum, { hits }) => sum + hits, 0);
  const trials = account.errors.reduce((sum, owner) => sum + owner.trials, 0);
  expect(account.requests).toBeGreaterThan(1_500);
  expect(trials).toBe(account.requests);
  // What is in flight at the end of its hour is neither: a few in a hundred.
  expect(successes + failed).toBeGreaterThan(account.requests * 0.9);
  expect(successes + failed).toBeLessThanOrEqual(account.requests * 1.02);
  for (const { requests, instances } of account.chutes) {
    const expected = instances.reduce((sum, share) => sum + share.expected, 0);
    expect(expected).toBeCloseTo(requests, 3);
  }
  const sent = account.owners.reduce((sum, { observed }) => sum + observed, 0);
  expect(sent).toBeGreaterThan(account.requests * 0.95);
}, 60_000);

const hour = 489_000 * HOUR_US;

test("an instance is active from its activation to its deletion", () => {
  const minute = HOUR_US / 60;
  expect(activeIn({ activatedAt: null, deletedAt: null }, hour)).toBe(0);
  expect(activeIn({ activatedAt: hour - 1, deletedAt: null }, hour)).toBe(HOUR_US);
  expect(activeIn({ activatedAt: hour + minute, deletedAt: hour + 3 * minute }, hour)).toBe(
    2 * minute,
  );
  expect(activeIn({ activatedAt: hour - 9, deletedAt: hour - 3 }, hour)).toBe(0);
});

test("a favoured owner is remarkable, and one treated alike is not", () => {
  const instance = (instanceId: string, minerHotkey: string) => ({
    instanceId,
    chuteId: "c",
    minerHotkey,
    createdAt: hour - 9,
    activatedAt: hour - 5,
    deletedAt: null,
    deletionReason: null,
    billedTo: null,
    stopBillingAt: null,
    computeMultiplier: 1,
    bounty: false,
    validTermination: false,
    seenAt: hour,
    verifiedAt: hour - 6,
  });
  const owners = new Map([
    ["a", "A"],
    ["b", "B"],
  ]);
  const traffic = (requests: number) => [
    {
      chuteId: "c",
      instanceId: "1",
      minerHotkey: "a",
      hour,
      requests,
      failed: 0,
      meanSeconds: null,
    },
  ];
  const instances = [instance("1", "a"), instance("2", "b")];
  const shares = ownerShares(instanceHours(traffic(1_000), instances, owners));
  expect(
    shares.map(({ coldkey, expected, isRemarkable }) => [coldkey, expected, isRemarkable]),
  ).toEqual([
    ["A", 500, true],
    ["B", 500, false],
  ]);
});
