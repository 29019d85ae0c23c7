import {
  archiveName,
  type CheckedReport,
  checkReport,
  commitmentOf,
  committedHash,
  type ExpectedReport,
  familiesRoot,
  MAX_SCORES,
  REPORT_DOMAIN,
  type SignedReport,
  saltedHash,
  scoresHash,
  signBody,
  signedBytes,
  signReport,
  toFamilyId,
} from "@neurond/ledger";
import { canonicalJson, toHex, toRunId } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alice, aliceHotkey, bob, bobHotkey, miner, reportInput, verify } from "./samples.ts";

const report = signReport(reportInput(), alice);
const expected: ExpectedReport = {
  validator: aliceHotkey,
  runId: toRunId("run-7"),
  familyId: toFamilyId("general_chat"),
  nowMs: Date.UTC(2026, 4, 20, 13),
  verify,
  commitment: commitmentOf(report),
  requireCommitment: true,
};
const faultOf = (result: CheckedReport) => (result.ok ? "none" : result.fault);
const check = (value: unknown, change: Partial<ExpectedReport> = {}) =>
  faultOf(checkReport(JSON.stringify(value), { ...expected, ...change }));
/** The report with changes, signed again by its validator. */
const altered = (change: Readonly<Record<string, unknown>>): SignedReport =>
  signBody(REPORT_DOMAIN, { ...report, ...change }, alice);

test("a report that keeps every rule may be counted", () => {
  expect(checkReport(canonicalJson(report), expected)).toEqual({ ok: true, report });
  expect(report).toMatchObject({
    timestamp: "2026-05-20T12:00:00.000Z",
    scores_scale: 1_000_000,
    task_counts: { [bobHotkey]: 30 },
    checkpoint: { size: 60 },
  });
});

test("a report without our own members is taken from plain peers", () => {
  const { v, run_id, family_id, validator_hotkey, scores, timestamp } = report;
  const body = { v, run_id, family_id, validator_hotkey, scores, timestamp };
  const plain = signBody(REPORT_DOMAIN, body, alice);
  const commitment = { version: 1 as const, runId: run_id, hash: scoresHash(report) };
  expect(check(plain, { commitment })).toBe("none");
  expect(check(plain)).toBe("COMMITMENT_MISMATCH");
});

test("a signature over the wrapped bytes counts as well", () => {
  const wrapped = concatBytes(
    utf8ToBytes("<Bytes>"),
    signedBytes(REPORT_DOMAIN, report),
    utf8ToBytes("</Bytes>"),
  );
  expect(check({ ...report, signature: toHex(alice.sign(wrapped)) })).toBe("none");
});

describe("the first broken rule is the reason", () => {
  const { signature: _, scores: __, ...noScores } = report;
  test.each<[string, unknown, Partial<ExpectedReport>?]>([
    ["NOT_JSON", [report]],
    ["NOT_JSON", null],
    ["VERSION_UNKNOWN", { ...report, v: 2 }],
    ["VERSION_UNKNOWN", {}],
    ["FIELD_UNKNOWN", { ...report, more: 1 }],
    ["FIELD_UNKNOWN", { ...report, toString: 1 }],
    ["FIELD_INVALID", noScores],
    ["FIELD_INVALID", { ...report, scores: [] }],
    ["FIELD_INVALID", { ...report, run_id: "run:7" }],
    ["FIELD_INVALID", { ...report, family_id: "../etc" }],
    ["FIELD_INVALID", { ...report, salt: "0x00" }],
    ["FIELD_INVALID", { ...report, siblings: { other: "hash" } }],
    ["FIELD_INVALID", { ...report, validator_hotkey: "5Alice" }],
    ["VALIDATOR_MISMATCH", signReport(reportInput({ runId: toRunId("run-6") }), bob)],
    ["RUN_MISMATCH", altered({ run_id: "run-6", family_id: "other" })],
    ["FAMILY_MISMATCH", altered({ family_id: "other" })],
    ["SCORES_TOO_MANY", altered({ scores: manyScores(MAX_SCORES + 1), timestamp: "never" })],
    ["SCORE_HOTKEY_INVALID", altered({ scores: { "5Alice": 2_000_000 } })],
    ["SCORE_HOTKEY_INVALID", altered({ task_counts: { "5Alice": 1 } })],
    ["SCORE_INVALID", altered({ scores: { [bobHotkey]: 1_000_001 }, timestamp: "never" })],
    ["SCORE_INVALID", altered({ scores: { [bobHotkey]: -1 } })],
    ["SCORE_INVALID", { ...report, scores: { [bobHotkey]: 0.5 } }],
    ["SCORE_INVALID", altered({ task_counts: { [bobHotkey]: -1 } })],
    ["TIMESTAMP_INVALID", altered({ timestamp: "yesterday" })],
    ["TIMESTAMP_INVALID", altered({ timestamp: "2026-13-20T12:00:00Z" })],
    [
      "TIMESTAMP_FUTURE",
      { ...altered({ timestamp: "2026-05-20T13:02:00.001Z" }), signature: "0x" },
    ],
    ["SIGNATURE_INVALID", { ...report, signature: "0x" }],
    ["SIGNATURE_INVALID", { ...report, timestamp: "2026-05-20T12:00:00.001Z" }],
    [
      "SIGNATURE_INVALID",
      { ...report, signature: altered({ salt: `0x${"01".repeat(32)}` }).signature },
    ],
    ["COMMITMENT_MISSING", report, { commitment: null }],
    ["COMMITMENT_MISMATCH", altered({ scores: { [bobHotkey]: 1 } })],
    ["COMMITMENT_MISMATCH", altered({ salt: `0x${"01".repeat(32)}` })],
    ["COMMITMENT_MISMATCH", altered({ siblings: { other: "00".repeat(32) } })],
  ])("%s", (fault, value, change) => {
    expect(check(value, change)).toBe(fault);
  });

  test("and text that is not JSON at all has one too", () => {
    expect(faultOf(checkReport("{", expected))).toBe("NOT_JSON");
    expect(faultOf(checkReport("[".repeat(100_000), expected))).toBe("NOT_JSON");
  });

  test("a score of a key that JavaScript treats in its own way is not lost on the way", () => {
    const text = canonicalJson(report).replace('"scores":{', '"scores":{"__proto__":1,');
    expect(faultOf(checkReport(text, expected))).toBe("SCORE_HOTKEY_INVALID");
  });
});

test("time only limits the future, and only beyond a clock's error", () => {
  expect(check(report, { nowMs: Date.UTC(2036, 0) })).toBe("none");
  const timestamp = "2026-05-20T13:02:00.000Z";
  expect(check(altered({ timestamp }))).toBe("none");
});

test("without enforcement a missing commitment is accepted, a contradicting one is not", () => {
  expect(check(report, { requireCommitment: false, commitment: null })).toBe("none");
  const commitment = { ...commitmentOf(report), hash: "00".repeat(32) };
  expect(check(report, { requireCommitment: false, commitment })).toBe("COMMITMENT_MISMATCH");
  const root = { ...commitmentOf(report), version: 2 as const };
  expect(check(report, { commitment: root })).toBe("COMMITMENT_MISMATCH");
});

test("a flipped bit of the text never counts as the same report", () => {
  const text = canonicalJson(report);
  const bytes = utf8ToBytes(text);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(6), (at, bit) => {
      const flipped = bytes.with(at, (bytes[at] ?? 0) ^ (1 << bit));
      const altered = String.fromCharCode(...flipped);
      const result = checkReport(altered, expected);
      // Only the case of a digit in the signature says the same in other letters.
      expect(!result.ok || canonicalJson(result.report).toLowerCase() === text.toLowerCase()).toBe(
        true,
      );
    }),
    { numRuns: 400 },
  );
});

describe("the commitment due", () => {
  test("is to the salted hash, bound to the validator", () => {
    const salt = new Uint8Array(32).fill(7);
    expect(committedHash(report)).toBe(saltedHash(scoresHash(report), salt, aliceHotkey));
    expect(commitmentOf(report)).toEqual({
      version: 1,
      runId: report.run_id,
      hash: committedHash(report),
    });
  });

  test("is to the root when the run has other families", () => {
    const siblings = new Map([[toFamilyId("other"), "11".repeat(32)]]);
    const several = signReport(reportInput({ siblings }), alice);
    const hashes = new Map([...siblings, [several.family_id, committedHash(several)] as const]);
    const hash = familiesRoot(several.run_id, hashes);
    expect(commitmentOf(several)).toEqual({ version: 2, runId: several.run_id, hash });
    expect(check(several, { commitment: commitmentOf(several) })).toBe("none");
  });
});

test("nobody signs a report that peers would drop", () => {
  const [tooMuch, tooMany, noSalt] = [
    { scores: new Map([[bobHotkey, 1_000_001]]) },
    { scores: new Map(Object.entries(manyScores(MAX_SCORES + 1))) as never },
    { salt: new Uint8Array(31) },
  ];
  for (const change of [tooMuch, tooMany, noSalt]) {
    expect(codeOf(() => signReport(reportInput(change), alice))).toBe("REPORT_INVALID");
  }
});

test("an archive's file name is made of safe parts only", () => {
  expect(archiveName("run-7", "general_chat")).toBe("run-7__general_chat.json");
  for (const part of ["", ".", "..", "a/b", "a\\b", "a b", "ä", "a\n", "a\u0000"]) {
    expect(codeOf(() => archiveName(part, "family"))).toBe("ARCHIVE_NAME_INVALID");
    expect(codeOf(() => archiveName("run", part))).toBe("ARCHIVE_NAME_INVALID");
  }
});

function manyScores(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [miner(index), 1]));
}
