import { expect, test } from "vitest";
import {
  accusation,
  expectations,
  isExportedSeen,
  type Tried,
} from "../../src/commands/localnet/expectations.ts";
import type { ExportedRunView, View } from "../../src/commands/localnet/view.ts";
import { CLEAN, FORGED, hotkeyOf, viewOf } from "./view.ts";

const EVIDENCE = { file: "/evidence.json", isAccepted: true, said: "proven" };

const DOORS = [{ proxy: "proxy-1", status: 401, elsewhere: [] as readonly string[] }];
const RECEIPTS = [{ proxy: "proxy-1", served: 20, proven: 20 }];

function failed(view: View, tried: Partial<Tried> = {}): readonly string[] {
  return expectations(view, {
    evidence: EVIDENCE,
    doors: DOORS,
    receipts: RECEIPTS,
    ...tried,
  }).flatMap(({ name, isMet }) => (isMet ? [] : [name]));
}

function withWeights(name: string, weights: readonly (number | null)[]): View {
  const view = viewOf();
  const miners = view.miners.map((one) => (one.player.name === name ? { ...one, weights } : one));
  return { ...view, miners };
}

test("a story that ended well meets every expectation", () => {
  expect(failed(viewOf())).toEqual([]);
});

test("a cheat with weight in one honest row is seen", () => {
  expect(failed(withWeights("miner-4", [0, 1, 0]))).toEqual([
    "the miner who throws data away has weight 0 in every honest row",
  ]);
  expect(failed(withWeights("miner-5", [1, 0, 0]))).toEqual([
    "the miner who answers late has weight 0 in every honest row",
  ]);
});

test("what the liar's own row says of a cheat is its own affair", () => {
  expect(failed(withWeights("miner-4", [0, 0, 65_535]))).toEqual([]);
});

test("a row that is not there is no weight 0", () => {
  expect(failed(withWeights("miner-4", [0, null, 0]))).toHaveLength(1);
});

test("an honest miner without weight is seen", () => {
  expect(failed(withWeights("miner-2", [65_535, 0, 65_535]))).toEqual([
    "every honest miner has weight in every honest row",
  ]);
});

test("one agreed run is not enough, and a held one does not count", () => {
  const [first, ...rest] = viewOf().runs;
  const held = { ...CLEAN, isAgreed: false };
  const runs = first === undefined ? [] : [{ ...first, audit: held }, ...rest];
  expect(failed(viewOf({ runs }))).toEqual(["2 runs are agreed, weighed and audited"]);
});

test("an honest row that differs, or that was not compared, is seen", () => {
  const audit = { ...CLEAN, exact: [hotkeyOf("validator-1")] };
  const runs = viewOf().runs.map((run) => ({ ...run, audit: run.audit && audit }));
  expect(failed(viewOf({ runs }))).toEqual([
    "honest rows equal the auditor's recomputation u16 for u16",
  ]);
});

test("a liar that nobody names is seen, and so is an accusation of somebody else", () => {
  const name = "the auditor names the liar, and accuses nobody else";
  expect(failed(viewOf({ findings: [] }))).toEqual([name]);
  const wrong = { ...FORGED, code: "WEIGHTS_MISMATCH", validator: hotkeyOf("validator-1") };
  expect(failed(viewOf({ findings: [FORGED, wrong] }))).toEqual([name]);
  expect(accusation(viewOf({ findings: [wrong] }))).toBeUndefined();
});

test("evidence that is refused or missing is seen", () => {
  const name = "the evidence convicts without the network";
  expect(failed(viewOf(), { evidence: { ...EVIDENCE, isAccepted: false } })).toEqual([name]);
  expect(failed(viewOf(), { evidence: null })).toEqual([name]);
});

test("a file that came back with other bytes is seen", () => {
  const file = { path: "x", sizeBytes: 1, sha256: "00", state: "differs" } as const;
  expect(failed(viewOf({ file }))).toEqual(["the file comes back bit-exact"]);
});

test("a door that lets anybody in, does not answer, or is not where miners say they are is seen", () => {
  const name = "miners stand on chain behind their proxy, which refuses who did not sign";
  for (const wrong of [{ status: 200 }, { status: null }, { elsewhere: ["miner-1"] }]) {
    expect(failed(viewOf(), { doors: DOORS.map((door) => ({ ...door, ...wrong })) })).toEqual([
      name,
    ]);
  }
  expect(failed(viewOf(), { doors: [] })).toEqual([name]);
});

test("a request without a receipt, and a proxy that served nothing, are seen", () => {
  const name = "every request a proxy served has a receipt under a head that the miner signed";
  for (const receipts of [
    [{ proxy: "proxy-1", served: 20, proven: 19 }],
    [{ proxy: "proxy-1", served: 0, proven: 0 }],
    [],
  ])
    expect(failed(viewOf(), { receipts })).toEqual([name]);
});

test("exports of honest validators that do not come to their scores, or that nobody saw, are seen", () => {
  const exact = "runs that honest validators export recompute exactly from their rows";
  const liar = "the liar's own exports contradict its scores";
  const exported = (change: Partial<ExportedRunView>, of = "validator-1") =>
    viewOf().exported.map((run) => (run.validator === of ? { ...run, ...change } : run));
  expect(failed(viewOf({ exported: exported({ verdict: "differs" }) }))).toEqual([exact]);
  expect(failed(viewOf({ exported: exported({ verdict: "unjudged" }) }))).toEqual([exact]);
  expect(failed(viewOf({ exported: exported({ counted: "other" }) }))).toEqual([exact]);
  expect(failed(viewOf({ exported: exported({ rows: 0 }) }))).toEqual([exact]);
  const partly = exported({ verdict: "not_whole" });
  expect(failed(viewOf({ exported: partly }))).toEqual([exact]);
  expect(isExportedSeen(viewOf({ exported: partly }))).toBe(false);
  expect(isExportedSeen(viewOf())).toBe(true);
  expect(failed(viewOf({ exported: exported({ verdict: "agrees" }, "validator-3") }))).toEqual([
    liar,
  ]);
});
