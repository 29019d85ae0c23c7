import { readRound } from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";
import { fromHex } from "@neurond/primitives";
import { DOCUMENT } from "@neurond/workload-storage";
import {
  CommitmentRecord,
  checkReveal,
  isGrantSigned,
  isTimelockSigned,
  parseSignedGrant,
  SweepTask,
  TimelockRecord,
  unlockSecret,
} from "@neurond/workload-storage/sweep";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  all,
  flipOneBit,
  PERIOD_BLOCKS,
  SWEEPING,
  SweepWorld,
  URIS,
} from "./support/sweep-world.ts";
import type { TaggedMiner } from "./support/tagged-miner.ts";
import { key, NETUID, PLAN } from "./support/world.ts";

let sweeps: SweepWorld;
/** The first run that sweeps. */
let swept: number;

beforeAll(async () => {
  const { storage } = SWEEPING;
  const sweep = { ...storage.sweep, timelock: true };
  sweeps = await SweepWorld.begin({ beacon: true, storage: { ...storage, sweep } });
  swept = await sweeps.firstSwept();
});
afterAll(() => sweeps[Symbol.asyncDispose]());

const tagged = () => sweeps.miners.map((miner) => miner.tagged);

test("shards are tagged on their way, and miners sign for their tags", async () => {
  await sweeps.store("story", 300_000);
  expect(tagged()).toEqual([1, 1, 1]);
});

test("a run samples and sweeps every miner, and grants are logged before that", async () => {
  await sweeps.probed(swept);
  expect(await sweeps.outcomes(swept, 0)).toEqual(all("passed"));
  expect(await sweeps.outcomes(swept, 1)).toEqual(all("passed"));
  const grants = (await sweeps.documents(DOCUMENT.grant)).map(({ body }) => parseSignedGrant(body));
  expect(grants).toHaveLength(URIS.length);
  for (const signed of grants) expect(isGrantSigned(signed, verifySr25519Fast)).toBe(true);
  const sweep = (await sweeps.observations(swept)).find(({ slot }) => slot === 1);
  expect(SweepTask.parse(sweep?.task)).toMatchObject({
    granted: [[0, 1]],
    period_blocks: PERIOD_BLOCKS,
  });
});

test("a miner that lost one bit may pass samples by luck, and fails the sweep for certain", async () => {
  await flipOneBit(sweeps.miners[0] as TaggedMiner);
  await sweeps.probed(swept + 1);
  expect(await sweeps.outcomes(swept + 1, 1)).toEqual({ ...all("passed"), [URIS[0]]: "failed" });
});

test("a miner that takes no tags keeps its shard, which is not swept", async () => {
  const other = sweeps.miners[1] as TaggedMiner;
  other.takesTags = false;
  await sweeps.store("second", 100_000);
  expect(tagged()).toEqual([2, 1, 2]);
  other.takesTags = true;
  await sweeps.probed(swept + 2);
  const sweep = await sweeps.observations(swept + 2);
  const counts = new Map(
    sweep
      .filter(({ slot }) => slot === 1)
      .map(({ task }) => SweepTask.parse(task))
      .map((task) => [task.miner, [task.inventory.count, task.granted.map(([, n]) => n)]]),
  );
  expect([...counts.values()].sort()).toEqual([
    [2, [1]],
    [2, [2]],
    [2, [2]],
  ]);
});

test("what has no tags is fetched and tagged later, and swept from the next run on", async () => {
  expect(await sweeps.renewTags()).toBe(1);
  expect(tagged()).toEqual([2, 2, 2]);
  expect(await sweeps.renewTags()).toBe(0);
  await sweeps.probed(swept + 3);
  const tasks = (await sweeps.observations(swept + 3))
    .filter(({ slot }) => slot === 1)
    .map(({ task }) => SweepTask.parse(task).granted);
  expect(tasks).toEqual([[[0, 2]], [[0, 2]], [[0, 2]]]);
});

test("a restarted validator goes on with the same keys, and reveals a period once it is over", async () => {
  const before = await sweeps.documents(DOCUMENT.commitment);
  await sweeps.restart();
  await sweeps.probed(swept + 4);
  expect(await sweeps.outcomes(swept + 4, 1)).toEqual({ ...all("passed"), [URIS[0]]: "failed" });
  const period = Math.floor((swept * PLAN.blocks) / PERIOD_BLOCKS);
  const revealed = (await sweeps.documents(DOCUMENT.reveal)).map(({ body }) => body);
  expect(revealed).toContainEqual(expect.objectContaining({ period, blocks: PERIOD_BLOCKS }));
  expect((await sweeps.documents(DOCUMENT.commitment)).slice(0, before.length)).toEqual(before);
});

test("a secret that got out is said to be burned, and sweeps go on with the next period's", async () => {
  const period = Math.floor(((swept + 4) * PLAN.blocks) / PERIOD_BLOCKS);
  await sweeps.burn(period);
  await sweeps.probed(swept + 5);
  const burned = (await sweeps.documents(DOCUMENT.burned)).map(({ body, run_id }) => [
    body,
    run_id,
  ]);
  const record = expect.objectContaining({ period, blocks: PERIOD_BLOCKS });
  expect(burned).toEqual([[record, `run-${swept + 5}`]]);
  expect(await sweeps.outcomes(swept + 5, 1)).toEqual({});
  expect(Object.keys(await sweeps.outcomes(swept + 5, 0))).toHaveLength(URIS.length);
  await sweeps.probed(swept + 6);
  expect(Object.keys(await sweeps.outcomes(swept + 6, 1))).toHaveLength(URIS.length);
  expect(await sweeps.documents(DOCUMENT.burned)).toHaveLength(1);
});

test("each period's secret is locked once, before it begins, and the beacon opens it when it is due", async () => {
  const records = (await sweeps.documents(DOCUMENT.timelock)).map(({ body }) =>
    TimelockRecord.parse(body),
  );
  const periods = records.map(({ period }) => period);
  expect(periods).toEqual(periods.map((_, at) => (periods[0] ?? 0) + at));
  const [record] = records;
  if (record === undefined) throw new Error("nothing is locked");
  expect(isTimelockSigned(record, verifySr25519Fast)).toBe(true);
  const { chain, net } = sweeps.world;
  const sources = { beacons: [], http: { timeoutMs: 5_000, busyMs: 1_000 } };
  const roundAt = (at: number) => readRound(chain, at, sources, AbortSignal.timeout(20_000));
  // The development chain publishes rounds that somebody waits for.
  const encrypted = fromHex(record.ciphertext);
  const field = { kind: "timelocked", encrypted, round: BigInt(record.round) } as const;
  const sent = await chain.setCommitment(key(URIS[0]), { netuid: NETUID, fields: [field] });
  expect(sent).toMatchObject({ kind: "included" });
  await net.newBlocks(2);
  const round = await roundAt(record.round);
  const opened = round && unlockSecret(record, round);
  const commitments = (await sweeps.documents(DOCUMENT.commitment)).map(({ body }) =>
    CommitmentRecord.parse(body),
  );
  const committed = commitments.find(({ period }) => period === record.period);
  if (opened?.kind !== "secret" || committed === undefined) throw new Error("it is not open");
  expect(checkReveal(record, fromHex(committed.commitment), opened.secret)).toBeNull();
  expect(await roundAt(records.at(-1)?.round ?? 0)).toBeNull();
});
