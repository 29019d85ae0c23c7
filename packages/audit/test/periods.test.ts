import { expect, test } from "vitest";
import { checkEvidence, sealEvidence } from "../src/evidence.ts";
import { auditor } from "./people.ts";
import { PERIOD_FORGERIES } from "./period-forgeries.ts";
import { auditedPeriod } from "./period-world.ts";
import { netuid, tools } from "./world.ts";

const origin = { netuid, foundMs: 1_790_000_000_000, auditor };

test("an honest period gives no finding, and its sweep is judged from the record alone", async () => {
  const { findings, judged } = await auditedPeriod();
  expect(findings).toEqual([]);
  expect(judged.sweeps.map(({ audit }) => audit)).toEqual([
    { basis: "recomputed", outcome: { kind: "passed" }, finding: null },
  ]);
});

test("a miner that lost one bit has failed for everybody", async () => {
  const { findings, judged } = await auditedPeriod({ loses: true });
  expect(findings).toEqual([]);
  expect(judged.sweeps[0]?.audit.outcome).toEqual({ kind: "failed", reason: "MAC_MISMATCH" });
});

test.each(PERIOD_FORGERIES)("%s: %s", async (code, _text, wrong, verdict) => {
  const { findings } = await auditedPeriod(wrong);
  expect(findings.map((finding) => finding.code)).toEqual([code]);
  const [finding] = findings;
  if (finding === undefined) throw new Error("nothing was found");
  const evidence = JSON.parse(JSON.stringify(sealEvidence(finding, origin)));
  expect(await checkEvidence(evidence, tools)).toMatchObject({ kind: verdict });
});

test("evidence against one says nothing against another", async () => {
  const [finding] = (await auditedPeriod({ loses: true, verdict: 1 })).findings;
  const [honest] = (await auditedPeriod({ verdict: 0 })).findings;
  if (finding === undefined || honest === undefined) throw new Error("nothing was found");
  const accept = (claim: typeof finding.claim) =>
    checkEvidence(JSON.parse(JSON.stringify(sealEvidence({ ...finding, claim }, origin))), tools);
  expect(await accept(finding.claim)).toMatchObject({ kind: "proven" });
  // A rejected good answer is no accepted bad one.
  expect(await accept(honest.claim)).toMatchObject({ kind: "refused" });
});

test("a pass that is right is nobody's forgery", async () => {
  expect((await auditedPeriod({ verdict: 1 })).findings).toEqual([]);
});

test("a secret that is kept is of no use when it was locked until it is due", async () => {
  const { findings, judged } = await auditedPeriod({ reveal: "none", locks: "the secret" });
  expect(findings).toEqual([]);
  const { audit } = judged.sweeps[0] ?? {};
  expect(audit).toEqual({ basis: "recomputed", outcome: { kind: "passed" }, finding: null });
});
