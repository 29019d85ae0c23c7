import { verifySr25519Fast as verify } from "@neurond/crypto";
import { COMPUTE_UNIT_RULES, paramsAt } from "@neurond/incentive";
import { signBody } from "@neurond/ledger";
import { hotkeyOf } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  checkStatement,
  checkSuccession,
  compareStatements,
  statementDigest,
} from "../src/index.ts";
import { entries, entry, pair, run, stated, VALIDATOR } from "./samples.ts";

const DOMAIN = "neurond/export-audit/v1";
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("a statement", () => {
  test("is sound after a way through JSON, and says what it was made of", () => {
    const found = checkStatement(overTheWire(stated()), verify, hotkeyOf(pair(7).publicKey));
    if (found.kind !== "sound") throw new Error(found.reason);
    expect(found.statement).toMatchObject({
      sequence: 0,
      previous: null,
      validator: VALIDATOR,
      formula: "compute_units/1",
      verified_hours: 2,
      inputs_root: run.inputsRoot,
      software: { version: "1.2.3" },
      metagraph: { l1: "0", agrees: true },
    });
    expect(found.statement.parameters).toEqual(paramsAt(COMPUTE_UNIT_RULES, run.asOf));
    expect(found.digest).toBe(statementDigest(stated()));
  });

  test("is refused when a single character of it is another", () => {
    const text = JSON.stringify(stated());
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("0", "1", "a", "z"), (at, character) => {
        if (text[at] === character) return;
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        let value: unknown;
        try {
          value = JSON.parse(changed);
        } catch {
          return;
        }
        expect(checkStatement(value, verify).kind).toBe("refused");
      }),
      { numRuns: 150 },
    );
  });

  test("is refused when another auditor was expected, or its sums contradict it", () => {
    const other = hotkeyOf(pair(8).publicKey);
    expect(checkStatement(stated(), verify, other)).toMatchObject({ fault: "AUDITOR" });
    const { signature: _, ...body } = stated();
    const resign = (changes: object) => signBody(DOMAIN, { ...body, ...changes }, pair(7));
    expect(checkStatement(resign({ verified_hours: 3 }), verify)).toMatchObject({
      fault: "CONTRADICTION",
      reason: "it counts 3 verified hours and lists 2",
    });
    const [first, ...rest] = body.scores;
    const shifted = [{ ...first, share: "5" }, ...rest];
    expect(checkStatement(resign({ scores: shifted }), verify)).toMatchObject({
      fault: "CONTRADICTION",
    });
    expect(checkStatement(resign({ previous: "ab".repeat(32) }), verify)).toMatchObject({
      fault: "CONTRADICTION",
    });
  });

  test("that is none is refused, whatever it is", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(checkStatement(value, verify)).toMatchObject({ kind: "refused", fault: "SHAPE" });
      }),
    );
  });

  test("carries what is critical, and everything else by number", () => {
    const found = (kind: "DIGEST_MISMATCH" | "DUPLICATE_ENTRY", severity: "critical" | "info") => ({
      source: VALIDATOR,
      kind,
      severity,
      subject: "x\ud800",
      entryId: null,
      endTime: null,
      detail: "y".repeat(5_000),
    });
    const findings = [found("DIGEST_MISMATCH", "critical"), found("DUPLICATE_ENTRY", "info")];
    const statement = stated(pair(7), { findings });
    expect(checkStatement(overTheWire(statement), verify).kind).toBe("sound");
    expect(statement.findings).toEqual({ DIGEST_MISMATCH: 1, DUPLICATE_ENTRY: 1 });
    expect(statement.critical).toMatchObject([{ kind: "DIGEST_MISMATCH" }]);
  });
});

describe("a chain of statements", () => {
  const first = stated();
  const previous = { sequence: 0, digest: statementDigest(first) };

  test("holds when each names the one before", () => {
    expect(checkSuccession(first, stated(pair(7), { previous }))).toBeNull();
  });

  test("breaks when one is left out, swapped, or another's", () => {
    const skipped = stated(pair(7), { previous: { ...previous, sequence: 1 } });
    expect(checkSuccession(first, skipped)).toBe("SEQUENCE");
    const swapped = stated(pair(7), { run: { block: 701 } });
    expect(checkSuccession(swapped, stated(pair(7), { previous }))).toBe("PREVIOUS");
    expect(checkSuccession(first, stated(pair(8), { previous }))).toBe("OTHER_AUDITOR");
  });
});

describe("statements of several auditors", () => {
  test("who saw the same say the same", () => {
    const [comparison] = compareStatements([stated(pair(7)), stated(pair(8))]);
    expect(comparison).toMatchObject({ sameInputs: true, l1: 0n, disagreements: [] });
  });

  test("differ by what they saw: the entry, the table and the scores are named", () => {
    const [one, two] = run.rows;
    if (one === undefined || two === undefined) throw new Error("no rows");
    const swapped = [
      { ...one, score: two.score, share: two.share },
      { ...two, score: one.score, share: one.share },
    ];
    const other = stated(pair(8), {
      run: { rows: swapped, inputsRoot: "0x00", inputs: { instances: "0x11" }, hours: 1 },
      entries: [
        entry(2, { step: "HASHED", nextTryMs: null, problem: "DIGEST_MISMATCH" }),
        entries[1] ?? entry(1),
      ],
    });
    const [comparison] = compareStatements([stated(pair(7)), other]);
    expect(comparison?.sameInputs).toBe(false);
    expect(comparison?.disagreements.map(({ what }) => what)).toEqual(["input", "entry", "scores"]);
    expect(comparison?.l1).toBe(2n * (two.share - one.share));
  });

  test("about another hour or validator are not compared", () => {
    const later = stated(pair(8), { run: { asOf: run.asOf + 3_600_000_000, hours: 0 } });
    expect(compareStatements([stated(), later])).toEqual([]);
  });
});
