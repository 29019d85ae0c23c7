import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectChain } from "@neurond/chain";
import { formatIsoTime } from "@neurond/exports";
import { type Hostility, seedDevnet, serveDataset } from "@neurond/gen-exports";
import { toNumber } from "@neurond/incentive";
import { rejectionCode } from "@neurond/testing/coded";
import { afterAll, describe, expect, it } from "vitest";
import { followCommitments, type HttpSourceOptions } from "../io/index.ts";
import { MemoryState, verdictOf } from "../src/index.ts";
import { NETUID, onChain, served, source } from "./over-http.ts";
import { auditorOf, dataset, datasetIn } from "./world.ts";

const signal = AbortSignal.timeout(300_000);
const FEW = ["--hours", "3", "--miners", "4", "--chutes", "6", "--rate", "60"];

describe("over HTTP and a chain", () => {
  it.each([
    ["g1", "features"],
    ["g2", "base_bonus"],
    ["g3", "compute_units"],
  ])("exports of %s audit clean", async (shape, profile) => {
    const world = dataset(...FEW, "--gen", shape, "--block-time", "300");
    await using api = await serveDataset(world.folder);
    await using devnet = await seedDevnet(world.folder);
    await using chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
    const parts = { source: source(api.url), ...onChain(chain) };
    const { auditor } = await auditorOf(world, parts);
    const { entries, fresh, run } = await auditor.pass(signal);
    expect(entries.map(verdictOf).filter((verdict) => verdict !== "VERIFIED")).toEqual([]);
    expect(new Set(entries.map((entry) => entry.verification?.method))).toEqual(
      new Set(["body_event"]),
    );
    expect(fresh.map(({ kind }) => kind)).toEqual([]);
    const expected = world.truth.scores[profile] ?? {};
    for (const { hotkey, share, actual } of run?.rows ?? []) {
      expect(Math.abs(toNumber(share) - (expected[hotkey] ?? 0))).toBeLessThan(1e-9);
      expect(Math.abs(toNumber(share - actual))).toBeLessThan(0.003);
    }
    const again = await auditor.pass(signal);
    expect([again.loaded, again.isNewRun, again.run]).toEqual([0, false, run]);
  });

  it("a node without old states is enough, for it keeps the bodies", async () => {
    const world = dataset(...FEW, "--gen", "g3", "--block-time", "300");
    await using devnet = await seedDevnet(world.folder, { pruning: 8 });
    await using chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
    const { auditor } = await auditorOf(world, onChain(chain));
    const { entries } = await auditor.pass(signal);
    expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
    expect(entries[0]?.verification?.method).toBe("body");
    expect(entries[0]?.verification?.blockTime).toBeGreaterThan(entries[0]?.endTime ?? 0);
  });

  it("what was seen while following the chain is not asked for again", async () => {
    const world = dataset(...FEW, "--gen", "g3", "--block-time", "300");
    await using devnet = await seedDevnet(world.folder);
    await using chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
    const state = new MemoryState();
    const { number } = await chain.head({ at: "finalized" });
    const follow = { chain, netuid: NETUID, state, catchUpBlocks: 1_000 };
    await state.saveDigests(NETUID, [], 0);
    expect(await followCommitments(follow, number, signal)).toBe(number);
    expect(await followCommitments(follow, number, signal)).toBe(0);
    const { auditor } = await auditorOf(world, { ...onChain(chain, state), state });
    const { entries } = await auditor.pass(signal);
    expect(new Set(entries.map((entry) => entry.verification?.method))).toEqual(
      new Set(["followed"]),
    );
  });

  it("a commitment that a reorganisation moved, and two for one hour, are told as they are", async () => {
    const faults = ["--fault", "equivocation,reorged-block", "--block-time", "300"];
    const world = dataset(...FEW, "--gen", "all", ...faults);
    await using devnet = await seedDevnet(world.folder);
    await using chain = await connectChain({ endpoints: [devnet.url], stallMs: 0 });
    const { auditor } = await auditorOf(world, onChain(chain));
    const { entries, fresh } = await auditor.pass(signal);
    expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
    const told = fresh.map(({ kind, endTime }) => `${kind} ${endTime && formatIsoTime(endTime)}`);
    const wanted = world.truth.findings.map(({ kind, end_time }) => `${kind} ${end_time}`);
    expect(told.toSorted()).toEqual(expect.arrayContaining(wanted));
  });
});

it("hours that were rewritten, removed or have another tree are told of by what was committed", async () => {
  const faults = ["--hours", "5", "--fault", "rewritten-hour,wrong-tree,removed-hour"];
  const world = dataset(...FEW, ...faults, "--block-time", "300");
  await using service = await served(world);
  const { auditor } = await auditorOf(world, { ...service.parts, settings: { skipsMiners: true } });
  const { entries, fresh, run } = await auditor.pass(signal);
  expect([entries.length, run?.hours]).toEqual([4, 4]);
  expect(new Set(entries.map(verdictOf))).toEqual(new Set(["VERIFIED"]));
  const told = fresh.map(({ kind, subject, endTime }) => [
    kind,
    subject,
    formatIsoTime(endTime ?? 0),
  ]);
  const wanted = world.truth.findings.map(({ kind, subject, end_time }) => [
    kind,
    subject,
    end_time,
  ]);
  expect(told.toSorted()).toEqual(wanted.toSorted());
  expect(wanted).toHaveLength(3);
});

describe("a hostile API", () => {
  const directory = mkdtempSync(join(tmpdir(), "neurond-hostile-"));
  const exports = datasetIn(directory, ...FEW, "--gen", "all");
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const pass = async (
    hostility: Hostility,
    options: Partial<HttpSourceOptions> = {},
    csv?: number,
  ) => {
    await using api = await serveDataset(exports.folder, { hostility });
    const limits = { validatorReport: 1 << 20, minerReport: 1 << 20, csv: csv ?? 1 << 24 };
    const parts = { source: source(api.url, options), settings: { limits } };
    const { auditor, warehouse } = await auditorOf(exports, parts);
    const cycle = await auditor.pass(signal);
    return { ...cycle, requests: api.requests, warehouse };
  };
  const verdicts = (entries: Parameters<typeof verdictOf>[0][]) =>
    [...new Set(entries.map(verdictOf))].toSorted();

  it("that lists paths out of its store is not followed there, and audited otherwise", async () => {
    const { entries, fresh, requests } = await pass({ kind: "traversal" });
    expect(verdicts([...entries])).toEqual(["VERIFIED"]);
    const unsafe = fresh.filter(({ kind }) => kind === "PATH_UNSAFE");
    expect(unsafe.length).toBeGreaterThan(4);
    expect(requests.filter((request) => /passwd|owned|\.\./.test(request))).toEqual([]);
  });

  it("that sends without end is hung up on, and its entries put aside", async () => {
    const { entries, run } = await pass({ kind: "endless-body" });
    expect(verdicts([...entries])).toEqual(["QUARANTINED"]);
    expect([...new Set(entries.map(({ problem }) => problem))]).toEqual(["TOO_LARGE"]);
    expect(run).toBeNull();
  });

  it("that lists without end is hung up on", async () => {
    const work = pass({ kind: "endless-list" }, { maxListingBytes: 1 << 20 });
    expect(await rejectionCode(work)).toBe("BODY_TOO_LARGE");
  });

  it("that sends byte by byte is hung up on", async () => {
    const work = pass({ kind: "slow", pauseMs: 20 });
    expect(await rejectionCode(work)).toBe("BODY_TOO_SLOW");
  });

  it.each<[string, Hostility]>([
    ["calls everything a web page", { kind: "wrong-type" }],
    ["breaks off in the middle", { kind: "cut" }],
    ["is down at first", { kind: "down", count: 3 }],
  ])("that %s is audited all the same", async (_, hostility) => {
    const { entries, run } = await pass(hostility);
    expect(verdicts([...entries])).toEqual(["VERIFIED"]);
    expect(run?.metagraph.agrees).toBe(true);
  });

  it("at a private address is not asked, unless that is allowed", async () => {
    await using api = await serveDataset(exports.folder);
    const parts = { source: source(api.url, { allowPrivate: false }) };
    const { auditor } = await auditorOf(exports, parts);
    expect(await rejectionCode(auditor.pass(signal))).toBe("ADDRESS_PRIVATE");
    expect(api.requests).toEqual([]);
  });
});
