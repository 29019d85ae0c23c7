import { vectorOf } from "@neurond/incentive";
import { type Hotkey, toMecid } from "@neurond/primitives";
import { createLogger, createRegistry } from "@neurond/runtime";
import { MemoryWeightsLog } from "@neurond/weight-keeper";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Audited,
  AuditWeights,
  createWeightsMetrics,
  planWeights,
  type WeightsHindrance,
} from "../src/weights/index.ts";
import { auditedWeek, type ExportsWeek, sealing, setOfSubnet } from "./exports-week.ts";

const HOUR_MS = 3_600_000;
const SECTION = { version_key: 69_420, every_blocks: 150, allow_change: false, dry_run: false };
const mecid = toMecid(0);

let week: ExportsWeek;
beforeAll(async () => {
  week = await auditedWeek();
  await setOfSubnet(week, "WeightsSetRateLimit", Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0));
}, 240_000);
afterAll(() => week[Symbol.asyncDispose]());

/** An auditor that sets weights from what the week came to, and what it counts. */
function keeper(
  parts: {
    readonly audited?: Partial<Audited>;
    readonly section?: Partial<typeof SECTION>;
    readonly nowMs?: number;
    readonly history?: MemoryWeightsLog;
  } = {},
) {
  const { chain, netuid, validator: hotkey, signer, run, entries } = week;
  const history = parts.history ?? new MemoryWeightsLog();
  const registry = createRegistry("auditor");
  const log = createLogger("auditor");
  log.level = "silent";
  const weights = new AuditWeights({
    chain,
    identity: { netuid, hotkey, signer },
    mecid,
    history,
    section: { ...SECTION, ...parts.section },
    audited: async () => ({ run, entries, ...parts.audited }),
    metrics: createWeightsMetrics(registry),
    log,
    now: () => parts.nowMs ?? week.nowMs,
  });
  const look = async () => {
    const { number } = await chain.head();
    await sealing(week, weights.look(number, AbortSignal.timeout(100_000)));
    return history.latest(mecid);
  };
  return { look, history, registry };
}

async function expected() {
  const { byHotkey } = await week.chain.metagraph({ netuid: week.netuid });
  const uids = new Map([...byHotkey].map(([hotkey, { uid }]) => [hotkey, uid]));
  return vectorOf(new Map(week.run.rows.map(({ hotkey, score }) => [hotkey, score])), uids);
}

const ownRow = async () => {
  const { chain, netuid, validator } = week;
  const { byHotkey } = await chain.metagraph({ netuid });
  const rows = await chain.weights({ netuid });
  return rows.find(({ uid }) => uid === byHotkey.get(validator)?.uid)?.weights;
};

describe("weights from an audited week", () => {
  test("are worked out, and not set, in a dry run", async () => {
    expect(await keeper({ section: { dry_run: true } }).look()).toBeNull();
    expect(await ownRow()).toBeUndefined();
  });

  test("stand on chain as the exact vector, once, and again only when they are old", async () => {
    await setOfSubnet(week, "CommitRevealWeightsEnabled", Uint8Array.of(0));
    const { look, history } = keeper({ section: { every_blocks: 40 } });
    expect(await look()).toMatchObject({ state: "confirmed", mode: "plain", attempt: 1 });
    const vector = await expected();
    expect(vector.length).toBeGreaterThan(2);
    expect(await ownRow()).toEqual(vector);
    await week.devnet.jump(20);
    expect(await look()).toMatchObject({ attempt: 1 });
    await week.devnet.jump(20);
    expect(await look()).toMatchObject({ state: "confirmed", attempt: 2 });
    expect((await history.latest(mecid))?.vector).toEqual(vector);
  });

  test("are committed under a time lock where the subnet hides weights, and open as the vector", async () => {
    await setOfSubnet(week, "CommitRevealWeightsEnabled", Uint8Array.of(1));
    await week.devnet.jump(20);
    expect(await keeper().look()).toMatchObject({ state: "confirmed", mode: "timelock" });
    const { validator: hotkey, netuid, chain } = week;
    expect(await chain.pendingCommits({ netuid, hotkey })).toMatchObject([{ kind: "timelocked" }]);
    const { tempo } = await chain.hyperparameters(netuid);
    await week.devnet.jump(3 * tempo);
    expect(await chain.pendingCommits({ netuid, hotkey })).toEqual([]);
    expect(await ownRow()).toEqual(await expected());
    await setOfSubnet(week, "CommitRevealWeightsEnabled", Uint8Array.of(0));
  });
});

describe("weights are not set, and the reason is said, when", () => {
  const cases: readonly [string, WeightsHindrance["code"], () => Parameters<typeof keeper>[0]][] = [
    [
      "less than 160 hours of the week are verified",
      "TOO_FEW_HOURS",
      () => ({ audited: { entries: week.entries.slice(9) } }),
    ],
    [
      "the newest verified hour is older than three hours",
      "TOO_OLD",
      () => ({ nowMs: week.nowMs + 3 * HOUR_MS }),
    ],
    [
      "nobody earned anything",
      "NOTHING_EARNED",
      () => ({ audited: { run: { ...week.run, rows: [] } } }),
    ],
    [
      "the vector is far from the last one",
      "CHANGE_TOO_LARGE",
      () => ({ audited: { run: { ...week.run, rows: oneWinner() } } }),
    ],
    [
      "a feed was missing",
      "SCORES_INCOMPLETE",
      () => ({ audited: { run: { ...week.run, isComplete: false } } }),
    ],
  ];
  test.each(cases)("%s: %s", async (_, code, parts) => {
    await week.devnet.jump(20);
    const before = await ownRow();
    const { look, registry } = keeper(parts());
    expect(await look()).toBeNull();
    expect(await ownRow()).toEqual(before);
    expect(await registry.metrics()).toMatch(
      new RegExp(`neuron_weights_hindered\\{.*code="${code}"`),
    );
  });

  const oneWinner = () => {
    const [first, ...others] = week.run.rows.toSorted((a, b) => Number(a.score - b.score));
    return first === undefined
      ? []
      : [{ ...first, score: 10n ** 18n }, ...others.map((row) => ({ ...row, score: 0n }))];
  };

  test("the same change is allowed by its operator, it goes through", async () => {
    await week.devnet.jump(20);
    const audited = { run: { ...week.run, rows: oneWinner() } };
    const { look } = keeper({ audited, section: { allow_change: true } });
    expect(await look()).toMatchObject({ state: "confirmed" });
    expect(await ownRow()).toHaveLength(1);
  });

  test("the chain would refuse them: no registration, no permit, an old version, its limits", async () => {
    const { chain, netuid, run, entries, nowMs, validator } = week;
    const metagraph = await chain.metagraph({ netuid });
    const limits = { minAllowedWeights: 1, maxWeightsLimit: 65_535, weightsVersion: 0n };
    const inputs = {
      run,
      entries,
      own: validator,
      metagraph,
      limits,
      last: null,
      versionKey: 7,
      allowsChange: false,
      nowMs,
    };
    const codes = (changed: Partial<Parameters<typeof planWeights>[0]>) =>
      planWeights({ ...inputs, ...changed }).hindrances.map(({ code }) => code);
    expect(codes({})).toEqual([]);
    const stranger = "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV" as Hotkey;
    expect(codes({ own: stranger })).toEqual(["NOT_REGISTERED"]);
    const byHotkey = new Map(
      [...metagraph.byHotkey].map(([hotkey, neuron]) => [
        hotkey,
        { ...neuron, validatorPermit: false },
      ]),
    );
    expect(codes({ metagraph: { ...metagraph, byHotkey } })).toEqual(["NO_PERMIT"]);
    expect(codes({ limits: { ...limits, weightsVersion: 8n } })).toEqual(["VERSION_OUTDATED"]);
    expect(codes({ limits: { ...limits, minAllowedWeights: 99 } })).toEqual(["TOO_FEW_WEIGHTS"]);
    expect(codes({ limits: { ...limits, maxWeightsLimit: 100 } })).toEqual(["WEIGHT_TOO_LARGE"]);
  });
});
