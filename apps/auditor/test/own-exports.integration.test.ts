import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuditState, type ExportedRun, MemoryState } from "@neurond/ingest";
import {
  type Cycle,
  chainSubnet,
  chainWitness,
  DEFAULT_SETTINGS,
  ExportAuditor,
  httpSource,
} from "@neurond/ingest/io";
import { SCORES_SCALE, signReport } from "@neurond/ledger";
import { openWarehouse } from "@neurond/warehouse";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Publishing } from "../../validator/test/support/publishing.ts";
import { cheat, honest, silent, toyWorkload } from "../../validator/test/support/toy-workload.ts";
import { hotkey, key, MINERS, NETUID, World } from "../../validator/test/support/world.ts";

const self = hotkey("//Validator1");
const favoured = hotkey(MINERS[1]);
const workloads = toyWorkload(
  new Map([
    [hotkey(MINERS[0]), honest],
    [favoured, cheat],
    [hotkey(MINERS[2]), silent],
    [hotkey(MINERS[3]), honest],
  ]),
);
const { signal } = new AbortController();

let world: World;
let publishing: Publishing;
let directory: string;
let isLying = false;
const lies = new Set<string>();

beforeAll(async () => {
  world = await World.begin();
  directory = await mkdtemp(join(tmpdir(), "neurond-own-exports-"));
  publishing = new Publishing(world, "//Validator1", {
    workloads,
    signScores: (input) => {
      if (!isLying) return signReport(input, key("//Validator1"));
      lies.add(input.runId);
      const scores = new Map([...input.scores, [favoured, SCORES_SCALE]]);
      return signReport({ ...input, scores }, key("//Validator1"));
    },
  });
  await publishing.start();
  await publishing.node.announce();
  await world.serveMiners();
  await publishing.minutesUntil(async () => (await publishing.listing()).length === 2);
  isLying = true;
  await publishing.minutesUntil(async () => (await publishing.listing()).length === 4);
}, 120_000);

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** A single pass over what the validator publishes, in a window of its own. */
async function audited(
  name: string,
  hours: number,
  minTasks: number | null,
  state: AuditState = new MemoryState(),
): Promise<Cycle> {
  await using warehouse = await openWarehouse({ directory: join(directory, name) });
  const { chain } = world;
  const auditor = new ExportAuditor({
    validator: self,
    source: httpSource({ url: publishing.node.url, allowPrivate: true }),
    witness: chainWitness({ netuid: NETUID, chain, archives: [], seen: null }),
    readSubnet: chainSubnet(chain, NETUID),
    state,
    warehouse,
    runRules: { workloads: workloads().map(({ workload }) => workload), minTasks },
    settings: {
      ...DEFAULT_SETTINGS,
      directory: join(directory, `${name}-reports`),
      skipsMiners: true,
      hours,
    },
    now: () => publishing.clock,
  });
  return await auditor.pass(signal);
}

const kinds = (runs: readonly ExportedRun[], isLie: boolean) =>
  new Set(runs.filter(({ runId }) => lies.has(runId) === isLie).map(({ verdict }) => verdict.kind));

test("runs of a validator of ours recompute exactly from its exports, and a lie does not", async () => {
  const { runs, freshRuns, fresh } = await audited("all", 169, null);
  expect(runs.length).toBeGreaterThan(3);
  expect(freshRuns).toEqual(runs);
  expect(kinds(runs, false)).toEqual(new Set(["agrees"]));
  expect(kinds(runs, true)).toEqual(new Set(["differs"]));
  const lie = runs.find(({ runId }) => lies.has(runId));
  expect(lie?.verdict).toMatchObject({
    field: `scores.${favoured}`,
    stated: "1000000",
    recomputed: "0",
  });
  const found = fresh.filter(({ kind }) => kind === "RUN_SCORES_DIFFER");
  expect(found.map(({ subject }) => subject.split(" ")[0])).toEqual(
    runs.filter(({ runId }) => lies.has(runId)).map(({ runId }) => runId),
  );
  expect(new Set(found.map(({ severity }) => severity))).toEqual(new Set(["critical"]));
}, 60_000);

test("what was judged stays judged over a restart, also when the rows are gone", async () => {
  const state = new MemoryState();
  const before = await audited("twice", 169, null, state);
  const again = await audited("twice", 169, null, state);
  expect([again.runs, again.freshRuns, again.fresh]).toEqual([before.runs, [], []]);
  await rm(join(directory, "twice"), { recursive: true });
  const lost = await audited("twice", 169, null, state);
  expect(lost.loaded).toBe(before.loaded);
  expect([lost.runs, lost.freshRuns]).toEqual([before.runs, []]);
}, 60_000);

test("a run whose first rows nobody has is not judged, and a bent rule is told", async () => {
  const { runs } = await audited("last", 1, null);
  expect(runs[0]?.verdict.kind).toBe("not_whole");
  const bent = await audited("bent", 169, 99);
  expect(bent.runs[0]?.verdict).toMatchObject({ kind: "differs", field: "min_tasks" });
}, 60_000);
