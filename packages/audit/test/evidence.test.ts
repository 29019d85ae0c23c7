import type { Json } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditRun } from "../src/audit-run.ts";
import { checkEvidence, evidenceName, sealEvidence } from "../src/evidence.ts";
import type { Finding } from "../src/finding.ts";
import { isStatementSigned, stateAudit } from "../src/statement.ts";
import { auditor, hotkeyFor, miners, validators } from "./people.ts";
import { LIE, netuid, rowFact, type Script, snapshot, tools, worldOf } from "./world.ts";

const origin = { netuid, foundMs: 1_790_000_000_000, auditor };
const [m0] = miners.map(hotkeyFor) as [Hotkey];

async function found(script: Script): Promise<Finding> {
  const { findings } = await auditRun(await worldOf({ 0: script }), tools);
  const [finding] = findings;
  if (finding === undefined) throw new Error("nothing was found");
  return finding;
}

const CASES: readonly (readonly [string, Script])[] = [
  ["REPORT_FORGED", { scores: (scores) => new Map([...scores, [m0, 1]]) }],
  [
    "VERDICT_FORGED",
    { observation: (seen) => [seen.miner === m0 ? { ...seen, outcome: LIE } : seen] },
  ],
  ["PLAN_UNANCHORED", { documents: (all) => all.filter(({ miner }) => miner !== m0) }],
  ["RECORD_INCOMPLETE", { observation: (seen) => (seen.miner === m0 ? [] : [seen]) }],
  ["WEIGHTS_MISMATCH", { row: rowFact([]) }],
];

describe.each(CASES)("evidence of %s", async (code, script) => {
  const finding = await found(script);
  const evidence = sealEvidence(finding, origin);
  const text = JSON.stringify(evidence);
  const honest = await checkEvidence(JSON.parse(text), tools);

  test("is proven as it stands, signed or not", async () => {
    expect(evidence.code).toBe(code);
    expect(honest.kind).toBe("proven");
    const unsigned = sealEvidence(finding, { ...origin, auditor: null });
    expect(await checkEvidence(unsigned, tools)).toEqual(honest);
  });

  test("is refused with any one character of the file changed", async () => {
    const places = fc.integer({ min: 0, max: text.length - 1 });
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        const other = text[at] === "1" ? "2" : "1";
        const changed = parse(`${text.slice(0, at)}${other}${text.slice(at + 1)}`);
        expect(await checkEvidence(changed, tools)).toMatchObject({ kind: "refused" });
      }),
      { numRuns: 150 },
    );
  });

  test("proves nothing else when its claim is changed and sealed again", async () => {
    const leaves = leavesOf(finding.claim);
    await fc.assert(
      fc.asyncProperty(fc.nat(leaves.length - 1), fc.nat(), async (leaf, at) => {
        const claim = changed(finding.claim, leaves[leaf] ?? [], at);
        const verdict = await checkEvidence(sealEvidence({ ...finding, claim }, origin), tools);
        // What only the chain can say may be changed; then the reader is sent to look for that.
        expect(verdict).not.toEqual(honest);
      }),
      { numRuns: 60 },
    );
  });

  test("says nothing about anybody else", async () => {
    const other = { ...finding, validator: hotkeyFor(validators[1]) };
    expect(await checkEvidence(sealEvidence(other, origin), tools)).toMatchObject({
      kind: code === "WEIGHTS_MISMATCH" ? expect.any(String) : "refused",
    });
  });
});

test("an auditor's signature cannot be put on another's finding", async () => {
  const evidence = sealEvidence(await found({ row: rowFact([]) }), origin);
  const stolen = { ...evidence, auditor: hotkeyFor(validators[1]) };
  expect(await checkEvidence(stolen, tools)).toMatchObject({ fault: "DIGEST_MISMATCH" });
  const other = sealEvidence(await found({ row: rowFact([]) }), {
    ...origin,
    auditor: validators[1],
  });
  expect(await checkEvidence({ ...evidence, signature: other.signature }, tools)).toMatchObject({
    fault: "AUDITOR_SIGNATURE_INVALID",
  });
});

test("a finding keeps its name whenever and by whom it is found", async () => {
  const finding = await found({ row: rowFact([]) });
  const later = sealEvidence(finding, { netuid, foundMs: 1_900_000_000_000, auditor: null });
  expect(evidenceName(later)).toBe(evidenceName(sealEvidence(finding, origin)));
});

test("an audit statement is signed and names everybody's standing", async () => {
  const audit = await auditRun(await worldOf({ 0: { row: rowFact([]) } }), tools);
  const statement = stateAudit(audit, { netuid, snapshot, auditor });
  expect(isStatementSigned(statement, hotkeyFor(auditor), tools.verify)).toBe(true);
  const changedOne = { ...statement, run_id: "run-8" };
  expect(isStatementSigned(changedOne, hotkeyFor(auditor), tools.verify)).toBe(false);
  const standings = statement.validators.map(({ standing }) => standing).sort();
  expect(standings).toEqual(["mismatch", "ok", "ok"]);
});

test("nonsense is refused", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect(await checkEvidence(value, tools)).toMatchObject({ fault: "EVIDENCE_MALFORMED" });
    }),
  );
});

type Path = readonly (string | number)[];

function leavesOf(value: Json, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

function changed(value: Json, path: Path, at: number): Json {
  const [key, ...rest] = path;
  if (key === undefined) return otherThan(value, at);
  if (Array.isArray(value)) {
    return value.map((item: Json, index) =>
      String(index) === key ? changed(item, rest, at) : item,
    );
  }
  const object = value as { readonly [key: string]: Json };
  return { ...object, [key]: changed(object[key] ?? null, rest, at) };
}

function otherThan(value: Json, at: number): Json {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string" || value === "") return "x";
  const place = at % value.length;
  const letter = value[place] === "1" ? "2" : "1";
  return `${value.slice(0, place)}${letter}${value.slice(place + 1)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
