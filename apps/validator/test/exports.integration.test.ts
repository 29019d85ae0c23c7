import { createHash } from "node:crypto";
import { recomputeRun } from "@neurond/audit";
import {
  CsvReader,
  csvUrl,
  digestOf,
  type InvocationRow,
  invocationReader,
  MICROS_PER_HOUR,
  parseProof,
  parseRowsCommitment,
  parseValidatorReport,
  reportUrl,
  statedHistory,
  statedInstance,
  treeHead,
  treeLeaf,
  treeRows,
  type ValidatorReport,
  verifyRowProof,
} from "@neurond/exports";
import {
  COMPUTE_UNIT_RULES,
  compareExactly,
  type HistoryRow,
  type InstanceRow,
  inputDigests,
  latestInstances,
  newestHistory,
  paramsAt,
  scoreComputeUnits,
  scoresOf,
} from "@neurond/incentive";
import { toBlockNumber, toHex } from "@neurond/primitives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR_MS, Publishing } from "./support/publishing.ts";
import { cheat, honest, silent, toyWorkload } from "./support/toy-workload.ts";
import { hotkey, key, MINERS, NETUID, PLAN, World } from "./support/world.ts";

const self = hotkey("//Validator1");

let world: World;
let publishing: Publishing;
const workloads = toyWorkload(
  new Map([
    [hotkey(MINERS[0]), honest],
    [hotkey(MINERS[1]), cheat],
    [hotkey(MINERS[2]), silent],
    [hotkey(MINERS[3]), honest],
  ]),
);

const get = (path: string) => publishing.get(path);
const listing = () => publishing.listing();

async function reportOf(path: string): Promise<{ bytes: Buffer; report: ValidatorReport }> {
  const bytes = Buffer.from(
    await (await fetch(reportUrl(publishing.node.url, path))).arrayBuffer(),
  );
  return { bytes, report: parseValidatorReport(bytes.toString("utf8")) };
}

async function rowsOf(report: ValidatorReport): Promise<{
  readonly bytes: Buffer;
  readonly header: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly rows: readonly InvocationRow[];
}> {
  const path = report.csv_exports?.invocations?.path ?? "";
  const bytes = Buffer.from(await (await fetch(csvUrl(publishing.node.url, path))).arrayBuffer());
  const reader = new CsvReader();
  const cells = [...reader.push(bytes), ...reader.end()];
  const header = reader.header ?? [];
  return { bytes, header, cells, rows: cells.map(invocationReader(header)) };
}

beforeAll(async () => {
  world = await World.begin();
  publishing = new Publishing(world, "//Validator1", { workloads });
  await publishing.start();
  await publishing.node.announce();
  await world.serveMiners();
  await publishing.minutesUntil(async () => (await listing()).length === 2);
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

describe("published hours", () => {
  test("are whole, follow each other, and name the digest of the one before", async () => {
    const [first, second] = await listing();
    expect(first?.hotkey).toBe(self);
    expect((first?.end_time ?? 0) - (first?.start_time ?? 0)).toBe(MICROS_PER_HOUR);
    expect(second?.start_time).toBe(first?.end_time);
    const before = await reportOf(first?.path ?? "");
    const { report } = await reportOf(second?.path ?? "");
    expect(report.neurond).toMatchObject({
      sequence: 1,
      previous_sha256: createHash("sha256").update(before.bytes).digest("hex"),
    });
    expect(report.neurond?.statement?.log.from).toBe(before.report.neurond?.statement?.log.to);
  });

  test("stand on chain in the block of their entry: digest first, then the tree over their rows", async () => {
    for (const { block, path } of await listing()) {
      const { bytes, report } = await reportOf(path);
      const { cells, header, bytes: csv } = await rowsOf(report);
      const at = toBlockNumber(block);
      const standing = await world.chain.commitment({ netuid: NETUID, hotkey: self }, { at });
      expect(standing?.block).toBe(block);
      const digest = digestOf(standing?.fields);
      expect(digest && toHex(digest).slice(2)).toBe(
        createHash("sha256").update(bytes).digest("hex"),
      );
      const [, field] = standing?.fields ?? [];
      const text = field?.kind === "raw" ? Buffer.from(field.bytes).toString("latin1") : "";
      const head = treeHead(cells.map(treeRows(header)).map((row) => treeLeaf(row)));
      expect(parseRowsCommitment(text)).toEqual(head);
      expect(report.neurond?.invocation_tree.size).toBe(cells.length);
      expect(report.csv_exports?.invocations?.sha256).toBe(
        createHash("sha256").update(csv).digest("hex"),
      );
    }
  });

  test("say exactly the scores that the validator signed: rows alone come to the same integers", async () => {
    const reports: ValidatorReport[] = [];
    const rows: InvocationRow[] = [];
    for (const { path } of await listing()) {
      const { report } = await reportOf(path);
      reports.push(report);
      rows.push(...(await rowsOf(report)).rows);
    }
    const runs = reports.flatMap(({ neurond }) => neurond?.statement?.runs ?? []);
    expect(runs.length).toBeGreaterThan(1);
    for (const run of runs) {
      const rules = workloads().map(({ workload }) => workload);
      const recomputed = recomputeRun(self, run, rows, rules);
      expect(recomputed.kind).toBe("scores");
      const scores = recomputed.kind === "scores" ? recomputed.scores : new Map();
      expect(scores.size).toBeGreaterThan(0);
      expect(compareExactly(scores, new Map(Object.entries(run.scores)))).toEqual([]);
      const signed = await get(`/v1/consensus/scores/${run.run_id}`);
      const text = await signed.text();
      expect(createHash("sha256").update(text).digest("hex")).toBe(run.report_sha256);
    }
  });
});

describe("shares of the week", () => {
  test("follow from published rows to the last digit, and so do the digests of what went in", async () => {
    const rows: InstanceRow[] = [];
    const history: HistoryRow[] = [];
    for (const { path, end_time } of await listing()) {
      const { report } = await reportOf(path);
      const seen = { seenAt: end_time };
      rows.push(...report.instance_audit.map((row) => ({ ...statedInstance(row), ...seen })));
      history.push(...report.compute_history.map((row) => ({ ...statedHistory(row), ...seen })));
      const scoring = report.neurond?.statement?.scoring;
      const at = toBlockNumber(scoring?.block ?? 0);
      const { neurons } = await world.chain.metagraph({ netuid: NETUID }, { at });
      const members = neurons.map(({ hotkey, coldkey, uid }) => ({ hotkey, coldkey, uid }));
      const instances = latestInstances(rows);
      const inputs = {
        members,
        instances,
        history: newestHistory(history),
        blacklist: new Set<string>(),
      };
      const asOf = end_time;
      const rules = paramsAt(COMPUTE_UNIT_RULES, asOf);
      const table = scoreComputeUnits(inputs, asOf, rules);
      const stated = Object.entries(scoring?.scores ?? {}).map(
        ([key, score]) => [key, BigInt(score)] as const,
      );
      expect(stated.length).toBeGreaterThan(0);
      expect(compareExactly(scoresOf(table), new Map(stated))).toEqual([]);
      const empty = { usage: new Map(), gpuCounts: new Map() };
      const digests = inputDigests({
        ...inputs,
        ...empty,
        profile: scoring?.profile ?? "",
        asOf,
        rules,
      });
      expect(digests.tables).toEqual(scoring?.inputs);
      expect(digests.root).toBe(scoring?.inputs_root);
    }
  });
});

describe("proofs", () => {
  test("show that a row is in its hour, whichever hour that is", async () => {
    for (const entry of await listing()) {
      const { report } = await reportOf(entry.path);
      for (const { invocation_id } of (await rowsOf(report)).rows.slice(0, 3)) {
        const text = await (await get(`/audit/proof/${invocation_id}`)).text();
        const { proof, head } = parseProof(text);
        expect(proof).toMatchObject({ kind: "present", invocationId: invocation_id });
        expect(toHex(head.root).slice(2)).toBe(report.neurond?.invocation_tree.root);
        expect(verifyRowProof(head, proof)).toBe(true);
        expect(JSON.parse(text)).toMatchObject({ entry: { entry_id: entry.entry_id } });
      }
    }
  });

  test("show by its neighbours that an id is not in an hour", async () => {
    const [entry] = await listing();
    for (const id of [
      "00000000-0000-4000-8000-000000000000",
      "7fffffff-0000-4000-8000-00000000ABCD",
      "ffffffff-ffff-4fff-8fff-ffffffffffff",
    ]) {
      const text = await (await get(`/audit/proof/${id}?entry_id=${entry?.entry_id}`)).text();
      const { proof, head } = parseProof(text);
      expect(proof).toMatchObject({ kind: "absent", invocationId: id.toLowerCase() });
      expect(verifyRowProof(head, proof)).toBe(true);
    }
  });

  test("of what is no id are refused", async () => {
    expect((await get("/audit/proof/nothing")).status).toBe(400);
  });
});

describe("what auditors fetch", () => {
  test("is found although their base ends in a slash, and only under its exact name", async () => {
    const [entry] = await listing();
    const { report } = await reportOf(entry?.path ?? "");
    const path = report.csv_exports?.invocations?.path.replace("invocations/", "") ?? "";
    const doubled = await fetch(`${publishing.node.url}//invocations/exports/${path}`);
    expect(doubled.status).toBe(200);
    expect(doubled.headers.get("content-disposition")).toContain(path.replaceAll("/", "-"));
    expect((await get("/invocations/exports/2026/02/30/15.csv")).status).toBe(400);
    expect((await get("/invocations/exports/2023/01/01/00.csv")).status).toBe(404);
    expect((await get("/audit/download?path=../../etc/passwd")).status).toBe(404);
    const foreign = entry?.path.replace(/\d+\.json/, "1.json") ?? "";
    expect((await get(`/audit/download?path=${foreign}`)).status).toBe(404);
  });

  test("is also the history of services, which pays nobody who cheats or is silent", async () => {
    const { final_scores } = (await (await get("/miner/scores")).json()) as {
      readonly final_scores: Readonly<Record<string, number>>;
    };
    // Of hotkeys of one coldkey the formula pays the best only.
    const paid = Object.keys(final_scores);
    expect(paid.length).toBeGreaterThan(0);
    expect([hotkey(MINERS[0]), hotkey(MINERS[3])]).toEqual(expect.arrayContaining(paid));
    const history = await (await get("/instances/compute_history_csv")).text();
    expect(history.split("\r\n").length).toBeGreaterThan(2);
    const ended = await (await get("/instances/reconciliation_csv")).text();
    expect(ended.startsWith("instance_id,deleted_at\r\n")).toBe(true);
    expect(await (await get("/chutes/gpu_count_history")).json()).toEqual([]);
    const nodes = (await (await get("/miner/metagraph")).json()) as readonly unknown[];
    expect(nodes.length).toBeGreaterThan(MINERS.length);
  });

  test("are recent successes too, of one miner if asked", async () => {
    const rows = (await (
      await get(`/invocations/exports/recent?limit=2&hotkey=${hotkey(MINERS[3])}`)
    ).json()) as readonly InvocationRow[];
    expect(rows.map(({ miner_hotkey }) => miner_hotkey)).toEqual([
      hotkey(MINERS[3]),
      hotkey(MINERS[3]),
    ]);
    expect(rows.every(({ error_message }) => error_message === null)).toBe(true);
  });
});

describe("miners' reports", () => {
  const uri = MINERS[0];
  const miner = key(uri);

  const reportText = (endMs: number, extra: object = {}) =>
    JSON.stringify({
      miner_hotkey: hotkey(uri),
      start_time: `${new Date(endMs - HOUR_MS).toISOString().slice(0, 19)}+00:00`,
      end_time: `${new Date(endMs).toISOString().slice(0, 19)}+00:00`,
      prometheus_message: "counters have run throughout the slice",
      prometheus_metrics: [],
      deployment_audit: [],
      ...extra,
    });

  async function commit(text: string): Promise<number> {
    const digest = createHash("sha256").update(text).digest();
    const fields = [{ kind: "sha-256", hash: new Uint8Array(digest) } as const];
    const sending = world.chain.setCommitment(miner, { netuid: NETUID, fields });
    const sent = await sending;
    if (sent.kind !== "included") throw new Error(JSON.stringify(sent));
    return sent.block;
  }

  async function post(
    text: string,
    block: number,
    changed: { readonly nonce?: number; readonly signer?: string; readonly as?: string } = {},
  ) {
    const nonce = changed.nonce ?? Math.floor(publishing.clock / 1_000);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const as = changed.as ?? hotkey(uri);
    const signed = Buffer.from(`${as}:${nonce}:${sha256}`);
    const response = await fetch(new URL("/audit/miner_data", publishing.node.url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-chutes-hotkey": as,
        "x-chutes-nonce": String(nonce),
        "x-chutes-signature": toHex(key(changed.signer ?? uri).sign(signed)).slice(2),
        "x-chutes-block": String(block),
      },
      body: text,
    });
    const { code, path } = (await response.json()) as {
      readonly code?: string;
      readonly path?: string;
    };
    return { status: response.status, code, path };
  }

  const hour = () => Math.floor(publishing.clock / HOUR_MS) * HOUR_MS;

  test("are taken with a signature and a commitment, listed, and the same again is the same", async () => {
    const text = reportText(hour());
    const block = await commit(text);
    const path = `audit/miner/${hotkey(uri)}/${block}.json`;
    expect(await post(text, block)).toMatchObject({ status: 200, path });
    expect(await post(text, block)).toMatchObject({ status: 200, path });
    const entries = await listing();
    expect(entries.filter((entry) => entry.path === path)).toHaveLength(1);
    expect(await (await fetch(reportUrl(publishing.node.url, path))).text()).toBe(text);
    const other = reportText(hour(), { prometheus_message: "unknown" });
    expect(await post(other, await commit(other))).toMatchObject({
      status: 409,
      code: "MINER_REPORTED",
    });
  });

  test("without signature, of strangers, too old or too new are turned away", async () => {
    const text = reportText(hour() - HOUR_MS);
    const refused = { status: 401, code: "MINER_REPORT_UNSIGNED" };
    expect(await post(text, 5, { signer: MINERS[1] })).toMatchObject(refused);
    const seconds = Math.floor(publishing.clock / 1_000);
    expect(await post(text, 5, { nonce: seconds - 601 })).toMatchObject(refused);
    expect(await post(text, 5, { nonce: seconds + 601 })).toMatchObject(refused);
    const stranger = reportText(hour() - HOUR_MS, { miner_hotkey: hotkey("//Nobody") });
    const sent = post(stranger, 5, { signer: "//Nobody", as: hotkey("//Nobody") });
    expect(await sent).toMatchObject(refused);
  });

  test("that were not committed to, are another's or of no whole slice are refused", async () => {
    const refused = { status: 422, code: "MINER_REPORT_INVALID" };
    const text = reportText(hour() - HOUR_MS);
    expect(await post(text, await world.head())).toMatchObject(refused);
    expect(await post(reportText(hour() - 1_800_000), 5)).toMatchObject(refused);
    expect(await post(reportText(hour() + HOUR_MS), 5)).toMatchObject(refused);
    expect(await post(reportText(hour(), { miner_hotkey: hotkey(MINERS[1]) }), 5)).toMatchObject(
      refused,
    );
    expect(await post("{", 5)).toMatchObject({ status: 422, code: "REPORT_INVALID" });
    const huge = reportText(hour(), { padding: "x".repeat(3 << 20) });
    expect((await post(huge, 5)).status).toBe(413);
  });
});

describe("a run's commitment", () => {
  test("keeps the digest of the newest report where auditors look", async () => {
    const newest = (await listing()).filter((entry) => entry.hotkey === self).at(-1);
    await publishing.minutesUntil(async () => {
      const standing = await world.chain.commitment({ netuid: NETUID, hotkey: self });
      return (standing?.block ?? 0) > (newest?.block ?? 0);
    }, PLAN.blocks * 2);
    const { bytes } = await reportOf(newest?.path ?? "");
    const standing = await world.chain.commitment({ netuid: NETUID, hotkey: self });
    const digest = digestOf(standing?.fields);
    expect(digest && toHex(digest).slice(2)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });
});
