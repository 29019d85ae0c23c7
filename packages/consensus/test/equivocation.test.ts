import {
  type CommitmentFact,
  type Contradiction,
  checkEvidence,
  signEvidence,
  sortReports,
} from "@neurond/consensus";
import { keypairFromUri, verifySr25519Fast } from "@neurond/crypto";
import {
  commitmentOf,
  encodeScoresCommitment,
  type SignedReport,
  signReport,
  toFamilyId,
} from "@neurond/ledger";
import { toRunId } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { alice, bob, m0 } from "./people.ts";

const [accused, observer] = [keypairFromUri("//Alice"), keypairFromUri("//Bob")];
const runId = toRunId("run-7");
const familyId = toFamilyId("storage-1");
const about = { validator: alice, runId, familyId };

const report = (score: number, change: { salt?: Uint8Array; by?: typeof accused } = {}) =>
  signReport(
    {
      runId,
      familyId,
      scores: new Map([[m0, score]]),
      taskCounts: new Map([[m0, 1]]),
      timeMs: 1_790_000_000_000,
      checkpoint: { size: 1, root: "00".repeat(32) },
      configHash: "00".repeat(32),
      salt: change.salt ?? new Uint8Array(32),
    },
    change.by ?? accused,
  );
const fact = (of: SignedReport, index = 0): CommitmentFact => ({
  block: 1010,
  block_hash: `0x${"11".repeat(32)}`,
  extrinsic_index: index,
  extrinsic_hash: `0x${String(index).padStart(2, "0").repeat(32)}`,
  payload: encodeScoresCommitment(commitmentOf(of)),
});
const check = (contradiction: Contradiction, subject = about) => {
  const evidence = signEvidence(contradiction, subject, 1_790_000_000_000, observer);
  return checkEvidence(JSON.parse(JSON.stringify(evidence)), verifySr25519Fast);
};
const unproven = (fault: string) => ({ proven: false, fault });
const [first, second] = [report(1), report(2)];

describe("evidence convicts", () => {
  test("a validator that signed two maps of scores for one run", () => {
    expect(check({ kind: "double_report", a: first, b: second })).toEqual({
      proven: true,
      facts: [],
    });
  });

  test("a validator that revealed other scores than it committed, if the chain confirms", () => {
    const committed = fact(first);
    expect(check({ kind: "report_vs_commitment", a: second, b: committed })).toEqual({
      proven: true,
      facts: [committed],
    });
  });

  test("a validator that committed twice, if the chain confirms", () => {
    const [a, b] = [fact(first), fact(second, 1)];
    expect(check({ kind: "double_commit", a, b })).toEqual({ proven: true, facts: [a, b] });
  });
});

describe("evidence convicts nobody", () => {
  test("of saying the same twice", () => {
    const same = report(1, { salt: new Uint8Array(32).fill(1) });
    const none = unproven("NO_CONTRADICTION");
    expect(check({ kind: "double_report", a: first, b: same })).toEqual(none);
    expect(check({ kind: "report_vs_commitment", a: first, b: fact(first) })).toEqual(none);
    expect(check({ kind: "double_commit", a: fact(first), b: fact(first, 1) })).toEqual(none);
    expect(check({ kind: "double_commit", a: fact(first), b: fact(second) })).toEqual(none);
  });

  test("of what somebody else signed", () => {
    const forged = { ...second, scores: { [m0]: 3 } };
    expect(check({ kind: "double_report", a: first, b: forged })).toEqual(
      unproven("REPORT_UNSOUND"),
    );
    expect(check({ kind: "report_vs_commitment", a: forged, b: fact(first) })).toEqual(
      unproven("REPORT_UNSOUND"),
    );
    const others = report(2, { by: observer });
    expect(check({ kind: "double_report", a: first, b: others })).toEqual(
      unproven("ANOTHER_SUBJECT"),
    );
  });

  test("of another run or family than it names", () => {
    const wrong = unproven("ANOTHER_SUBJECT");
    const elsewhere = { ...about, runId: toRunId("run-8") };
    expect(check({ kind: "double_report", a: first, b: second }, elsewhere)).toEqual(wrong);
    expect(check({ kind: "report_vs_commitment", a: second, b: fact(first) }, elsewhere)).toEqual(
      wrong,
    );
    const facts = { kind: "double_commit", a: fact(first), b: fact(second, 1) } as const;
    expect(check(facts, elsewhere)).toEqual(wrong);
    const family = { ...about, familyId: toFamilyId("other") };
    expect(check({ kind: "double_report", a: first, b: second }, family)).toEqual(wrong);
  });

  test("when its observer did not sign it, or it is not evidence at all", () => {
    const good = signEvidence(
      { kind: "double_report", a: first, b: second },
      about,
      1_790_000_000_000,
      observer,
    );
    const fault = (value: unknown) => {
      const verdict = checkEvidence(value, verifySr25519Fast);
      return verdict.proven ? "none" : verdict.fault;
    };
    expect(fault(good)).toBe("none");
    expect(fault({ ...good, observed_by: alice })).toBe("OBSERVER_SIGNATURE_INVALID");
    expect(fault({ ...good, validator_hotkey: bob })).toBe("OBSERVER_SIGNATURE_INVALID");
    expect(fault({ ...good, a: { fraction: 0.5 } })).toBe("OBSERVER_SIGNATURE_INVALID");
    for (const value of [null, [], "", {}, { ...good, kind: "other" }, { ...good, more: 1 }]) {
      expect(fault(value)).toBe("EVIDENCE_MALFORMED");
    }
    expect(fault({ ...good, observed_by: "5Bob" })).toBe("EVIDENCE_MALFORMED");
  });

  test("with a payload that is no commitment, or parts that are no reports", () => {
    const malformed = unproven("EVIDENCE_MALFORMED");
    const foreign = { ...fact(first), payload: "hello" };
    expect(check({ kind: "report_vs_commitment", a: second, b: foreign })).toEqual(malformed);
    expect(check({ kind: "double_commit", a: foreign, b: fact(second, 1) })).toEqual(malformed);
    const { signature: _, ...unsigned } = second;
    const half = { kind: "double_report", a: first, b: unsigned as SignedReport } as const;
    expect(check(half)).toEqual(malformed);
  });
});

test("a validator that reports twice is excluded for the run", () => {
  const others = report(5, { by: observer });
  const { reports, conflicts } = sortReports([first, others, first, second, report(3)]);
  expect([...reports.keys()]).toEqual([bob]);
  expect(conflicts).toEqual([[first, second]]);
});
