import { signEvidence } from "@neurond/consensus";
import {
  commitmentOf,
  encodeLogCommitment,
  encodeScoresCommitment,
  type Json,
  type SignedReport,
  signCheckpoint,
} from "@neurond/ledger";
import { canonicalJson, type Hotkey, toBlockNumber, toUid } from "@neurond/primitives";
import {
  nextStanding,
  optionSchema,
  STANDING,
  standingBody,
  standingRulesOf,
  VALIDATOR_OPTIONS,
} from "@neurond/storage-rules";
import { passed } from "@neurond/workload";
import { describe, expect, test } from "vitest";
import { auditRun } from "../src/audit-run.ts";
import { checkEvidence, sealEvidence } from "../src/evidence.ts";
import type { RunFacts } from "../src/facts.ts";
import { FINDINGS, type Finding, type FindingCode } from "../src/finding.ts";
import { auditor, hotkeyFor, miners, validators } from "./people.ts";
import { PERIOD_FORGERIES } from "./period-forgeries.ts";
import { TOKEN_FORGERIES } from "./token-forgeries.ts";
import {
  factAt,
  LIE,
  netuid,
  rowFact,
  run,
  type Script,
  snapshot,
  type Told,
  tools,
  worldOf,
} from "./world.ts";

const [liar] = validators;
const [m0, , m2] = miners.map(hotkeyFor) as [Hotkey, Hotkey, Hotkey];

/** Every forgery: how it is made, and what must be found of it. */
const FORGERIES: readonly (readonly [FindingCode, string, () => Promise<RunFacts>])[] = [
  ["REPORT_FORGED", "a report with a friend's score raised", () => lying({ scores: raise(m2) })],
  ["REPORT_FORGED", "a report that leaves a miner out", () => lying({ scores: drop(m0) })],
  [
    "REPORT_FORGED",
    "a report with a miner nobody asked",
    () => lying({ scores: raise(hotkeyFor(auditor)) }),
  ],
  [
    "REPORT_FORGED",
    "a score raised though the logged standing gives another",
    () => rewarding((script) => ({ ...script, scores: raise(m2) })),
  ],
  [
    "REPORT_FORGED",
    "scores by share though the logged standing rewards by speed",
    () =>
      rewarding((script) => ({
        ...script,
        scores: (told) => new Map([...told.keys()].map((one) => [one, one === m2 ? 0 : 1_000_000])),
      })),
  ],
  [
    "VERDICT_FORGED",
    "a good answer that was recorded as wrong",
    () => lying({ observation: (seen) => [seen.miner === m0 ? { ...seen, outcome: LIE } : seen] }),
  ],
  [
    "VERDICT_FORGED",
    "a pass without any answer",
    () =>
      lying({ observation: (seen) => [seen.miner === m2 ? { ...seen, outcome: passed() } : seen] }),
  ],
  [
    "VERDICT_FORGED",
    "a settled task that was judged again",
    () => lying({ observation: (seen) => (seen.miner === m0 ? [seen, seen] : [seen]) }),
  ],
  ["PLAN_UNANCHORED", "a plan that was never anchored", () => lying({ planAt: null })],
  [
    "PLAN_UNANCHORED",
    "a plan that was anchored at the beacon",
    () => lying({ planAt: run.beacon }),
  ],
  [
    "PLAN_UNANCHORED",
    "an inventory that was not in the plan",
    () => lying({ documents: (all) => all.filter(({ miner }) => miner !== m0) }),
  ],
  [
    "PLAN_UNANCHORED",
    "a task with more samples than planned",
    () =>
      lying({
        observation: (seen) => [{ ...seen, task: { ...(seen.task as object), samples: 5 } }],
      }),
  ],
  [
    "RECORD_INCOMPLETE",
    "a planned task without a record",
    () => lying({ observation: (seen) => (seen.miner === m0 ? [] : [seen]) }),
  ],
  [
    "BODY_MISSING",
    "an answer that nobody serves",
    () => lying({ facts: (told) => ({ ...told, bodies: new Map([...told.bodies].slice(0, 1)) }) }),
  ],
  [
    "BODY_MISSING",
    "an answer with a flipped byte",
    () => lying({ facts: (told) => ({ ...told, bodies: new Map([...told.bodies].map(flip)) }) }),
  ],
  [
    "LOG_UNAVAILABLE",
    "a log that is not served",
    () =>
      lying({
        facts: (told) => ({ ...told, log: { ...told.log, segment: null, problem: "GONE" } }),
      }),
  ],
  [
    "LOG_UNAVAILABLE",
    "a log in which one entry is another",
    () => lying({ facts: (told) => withTexts(told, (texts) => ["{}", ...texts.slice(1)]) }),
  ],
  [
    "LOG_UNAVAILABLE",
    "a log that is cut short",
    () => lying({ facts: (told) => withTexts(told, (texts) => texts.slice(0, 3)) }),
  ],
  [
    "LOG_UNAVAILABLE",
    "a log that begins elsewhere",
    () =>
      lying({
        facts: (told) => ({
          ...told,
          log: { ...told.log, segment: { from: 0, peaks: [], texts: [] } },
        }),
      }),
  ],
  [
    "LOG_FORKED",
    "a checkpoint with another root",
    () => lying({ facts: (told) => withCheckpoint(told, 0) }),
  ],
  ["LOG_FORKED", "an anchored log that was rewritten", () => lying({ facts: rewritten })],
  [
    "REPORT_MISSING",
    "a report that nobody serves",
    () => lying({ facts: (told) => ({ ...told, reports: [] }) }),
  ],
  [
    "REPORT_MISSING",
    "a report that somebody else signed",
    () =>
      lying({
        facts: (told) => ({
          ...told,
          reports: told.reports.map((r) => ({
            ...r,
            text: r.text.replace(/"signature":"0x../, '"signature":"0xff'),
          })),
        }),
      }),
  ],
  [
    "REPORT_VS_COMMITMENT",
    "another report than the one committed to",
    () => lying({ facts: (told) => withReports(told, [told.sign(scoresOf(told.report), 77)]) }),
  ],
  [
    "COMMITMENT_LATE",
    "a commitment after others have revealed",
    () => lying({ commitAt: run.commitEnd }),
  ],
  [
    "EQUIVOCATION",
    "two signed reports of one run",
    () => lying({ facts: (told) => withReports(told, [told.report, forged(told)]) }),
  ],
  [
    "EQUIVOCATION",
    "a second commitment to something else",
    () =>
      lying({
        later: (report) => {
          const hash = "ab".repeat(32);
          const payload = encodeScoresCommitment({ ...commitmentOf(report), hash });
          return [factAt(run.close + 4, 0, payload)];
        },
      }),
  ],
  ["EQUIVOCATION", "two reports that a peer has evidence of", published],
  [
    "WEIGHTS_MISMATCH",
    "weights of one's own choice",
    () => lying({ row: rowFact([{ uid: toUid(6), value: 65_535 }]) }),
  ],
  [
    "WEIGHTS_MISMATCH",
    "weights one unit off",
    () =>
      lying({
        row: rowFact([
          { uid: toUid(4), value: 65_535 },
          { uid: toUid(5), value: 65_534 },
        ]),
      }),
  ],
  [
    "WEIGHTS_MISSING",
    "no weights in the run's time",
    () =>
      lying({
        row: { kind: "unset", block: toBlockNumber(run.weightsEnd - 1), setAt: toBlockNumber(3) },
      }),
  ],
  [
    "WEIGHTS_MISSING",
    "the weights of the run before",
    async () => ({
      ...(await lying({ row: rowFact([{ uid: toUid(5), value: 65_535 }]) })),
      previous: { shares: new Map(), weights: [[hotkeyFor(miners[1] ?? liar), 65_535]] },
    }),
  ],
  [
    "OFFLINE_RATE_DIFFERS",
    "a miner that only one validator calls offline",
    async () => ({
      ...(await worldOf()),
      history: validators.map((key, at) => ({
        validator: hotkeyFor(key),
        miner: m0,
        offline: at === 0 ? 12 : 0,
        answered: at === 0 ? 0 : 12,
      })),
    }),
  ],
];

/** All validators log a standing by which they settle the run; what the first one reports is up to `change`. */
function rewarding(change: (script: Script) => Script): Promise<RunFacts> {
  const rules = standingRulesOf(optionSchema(VALIDATOR_OPTIONS).parse({}), {
    mode: "sigmoid",
    timeoutMs: 10_000,
  });
  const registered = miners.map(hotkeyFor);
  const planned = { run: run.index, block: run.start, log: 0, registered, rules };
  const body = standingBody(nextStanding(null, { tasks: [], records: [] }, planned)) as Json;
  const script: Script = {
    documents: (planned) => [
      ...planned,
      ...planned.slice(0, 1).map((one) => ({ ...one, type: STANDING, miner: null, body })),
    ],
  };
  return worldOf({ 0: change(script), 1: script, 2: script });
}

describe.each(FORGERIES)("%s: %s", (code, _what, make) => {
  test("is the one thing found, of the liar, and its evidence stands by itself", async () => {
    const { findings } = await auditRun(await make(), tools);
    expect(findings.map((finding) => finding.code)).toEqual([code]);
    expect(findings.map(({ validator }) => validator)).toEqual([hotkeyFor(liar)]);
    for (const finding of findings) {
      const verdict = await checkEvidence(written(finding), tools);
      expect(verdict).toMatchObject({
        kind: FINDINGS[code].proof === "convicts" ? "proven" : "asserted",
      });
    }
  });
});

test("who rewards by a logged standing is found honest, with scores that no share of tasks gives", async () => {
  const facts = await rewarding((script) => script);
  expect((await auditRun(facts, tools)).findings).toEqual([]);
  const [first] = facts.validators;
  const scores = Object.values((first as Told).report.scores).filter((score) => score > 0);
  expect(scores.length).toBeGreaterThan(0);
  for (const score of scores) expect(score).toBeLessThan(1_000_000);
});

test("every code has a forgery", () => {
  const tried = [...FORGERIES, ...PERIOD_FORGERIES, ...TOKEN_FORGERIES].map(([code]) => code);
  expect(new Set(tried)).toEqual(new Set(Object.keys(FINDINGS)));
});

test("a validator that missed a peer's report is told from a forger", async () => {
  const zero: Script = { scores: (scores) => new Map([...scores, [m0, 0] as const]) };
  // Without the second report the lower median is the liar's.
  const missed = rowFact([{ uid: toUid(5), value: 65_535 }]);
  const { findings } = await auditRun(await worldOf({ 2: zero, 0: { row: missed } }), tools);
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual([
    ["REPORT_FORGED", "critical"],
    ["WEIGHTS_MISMATCH", "warning"],
  ]);
  expect(findings[1]?.summary).toContain(`had not heard ${hotkeyFor(validators[1])}`);
});

test("a run without a quorum is judged by what was held before", async () => {
  const silent: Script = { facts: (told) => ({ ...told, reports: [] }), row: held(miners[1]) };
  const row = { row: held(miners[1]) };
  const facts = await worldOf({ 0: silent, 1: silent, 2: row });
  const shares = new Map([[hotkeyFor(miners[1] ?? liar), 7]]);
  const families = new Map([...tools.rules.families.keys()].map((name) => [name, shares] as const));
  const previous = { shares: families, weights: [] };
  const { findings, agreement } = await auditRun({ ...facts, previous }, tools);
  expect(findings.map(({ code }) => code)).toEqual(["REPORT_MISSING", "REPORT_MISSING"]);
  expect(agreement.weights).toEqual([[hotkeyFor(miners[1] ?? liar), 65_535]]);
});

test("without a quorum nobody is convicted of holding an older agreement", async () => {
  const silent: Script = { facts: (told) => ({ ...told, reports: [] }), row: held(miners[1]) };
  const older = { row: held(miners[2]) };
  const facts = await worldOf({ 0: silent, 1: silent, 2: older });
  const shares = new Map([[hotkeyFor(miners[1] ?? liar), 7]]);
  const families = new Map([...tools.rules.families.keys()].map((name) => [name, shares] as const));
  const previous = { shares: families, weights: [] };
  const { findings } = await auditRun({ ...facts, previous }, tools);
  const weights = findings.filter(({ code }) => code === "WEIGHTS_MISMATCH");
  expect(weights.map(({ severity, validator }) => [severity, validator])).toEqual([
    ["warning", hotkeyFor(validators[2])],
  ]);
});

test("nobody owes a report before the first validator commits", async () => {
  const absent: Script = { facts: (told) => ({ ...told, reports: [], commitments: [] }) };
  const { findings } = await auditRun(await worldOf({ 0: absent, 1: absent, 2: absent }), tools);
  expect(findings.filter(({ code }) => code === "REPORT_MISSING")).toEqual([]);
  const begun = await auditRun(await worldOf({ 0: absent, 1: absent }), tools);
  const missing = begun.findings.filter(({ code }) => code === "REPORT_MISSING");
  expect(missing.map(({ validator }) => validator)).toEqual([
    hotkeyFor(validators[0]),
    hotkeyFor(validators[1]),
  ]);
});

/** As a file has it: through JSON, signed by the auditor. */
export function written(finding: Finding): unknown {
  const origin = { netuid, foundMs: 1_790_000_000_000, auditor };
  return JSON.parse(JSON.stringify(sealEvidence(finding, origin)));
}

function lying(script: Script): Promise<RunFacts> {
  return worldOf({ 0: script });
}

function raise(miner: Hotkey) {
  return (scores: ReadonlyMap<Hotkey, number>) => new Map([...scores, [miner, 1_000_000] as const]);
}

function drop(miner: Hotkey) {
  return (scores: ReadonlyMap<Hotkey, number>) =>
    new Map([...scores].filter(([hotkey]) => hotkey !== miner));
}

function forged({ sign, report }: Told): SignedReport {
  return sign(new Map(Object.keys(report.scores).map((miner) => [miner as Hotkey, 1])));
}

function withReports(told: Told, reports: readonly SignedReport[]): Told {
  const offered = reports.map((report) => ({
    familyId: report.family_id,
    from: told.hotkey,
    text: canonicalJson(report),
  }));
  return { ...told, reports: offered };
}

function withTexts(told: Told, change: (texts: readonly string[]) => readonly string[]): Told {
  const { segment } = told.log;
  if (segment === null) throw new Error("an honest log is served");
  return {
    ...told,
    log: { ...told.log, segment: { ...segment, texts: [...change(segment.texts)] } },
  };
}

function withCheckpoint(told: Told, at: number): Told {
  const head = { size: told.report.checkpoint?.size ?? 0, root: new Uint8Array(32).fill(at) };
  const origin = { netuid, block: toBlockNumber(run.close) };
  return { ...told, log: { ...told.log, checkpoints: [signCheckpoint(head, origin, told.key)] } };
}

/** The plan's anchor is of another log of that length than the one the run ends with. */
function rewritten(told: Told): Told {
  const commitments = told.commitments.map((fact) => {
    const isPlan = fact.block === run.start + 2;
    const size = Number(fact.payload.split(":")[1]);
    return isPlan
      ? { ...fact, payload: encodeLogCommitment({ size, root: "cd".repeat(32) }) }
      : fact;
  });
  return { ...told, commitments };
}

function flip([hash, bytes]: readonly [string, Uint8Array]): readonly [string, Uint8Array] {
  const other = Uint8Array.from(bytes);
  other[0] = (other[0] ?? 0) ^ 1;
  return [hash, other];
}

async function published(): Promise<RunFacts> {
  const facts = await worldOf();
  const [told] = facts.validators as readonly Told[];
  if (told === undefined) throw new Error("there are validators");
  const about = { validator: told.hotkey, runId: run.id, familyId: told.report.family_id };
  const pair = { kind: "double_report", a: told.report, b: forged(told) } as const;
  return { ...facts, published: [signEvidence(pair, about, 1_000, validators[1])] };
}

function held(miner = liar) {
  const uid = snapshot.neurons.find(({ hotkey }) => hotkey === hotkeyFor(miner))?.uid ?? toUid(0);
  return rowFact([{ uid, value: 65_535 }]);
}

function scoresOf({ scores }: SignedReport): ReadonlyMap<Hotkey, number> {
  return new Map(Object.entries(scores) as [Hotkey, number][]);
}
