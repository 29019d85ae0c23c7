import type { Json } from "@neurond/ledger";
import { DOCUMENT } from "@neurond/workload-storage";
import { describe, expect, test } from "vitest";
import { auditRun } from "../src/audit-run.ts";
import { type Script, tools, worldOf } from "./world.ts";

describe("an honest run", () => {
  test("gives no finding", async () => {
    const audit = await auditRun(await worldOf(), tools);
    expect(audit.findings).toEqual([]);
    expect([...audit.validators.values()].map(({ standing }) => standing)).toEqual([
      "ok",
      "ok",
      "ok",
    ]);
  });
});

test("reports on storage of who keeps a secret that is due count neither way against the others", async () => {
  const periods = { blocks: 10, first: 1, next: 90, revealed: 3 };
  const keeping = (revealed: number): Script => ({
    documents: (planned) =>
      planned.map((one) =>
        one.type === DOCUMENT.plan
          ? { ...one, body: { ...(one.body as object), periods: { ...periods, revealed } } as Json }
          : one,
      ),
  });
  const heardBy = async (script: Script) => {
    const { findings, agreement } = await auditRun(await worldOf({ 0: script }), tools);
    // The rows are those with all reports: who could not read that log set them rightly.
    expect(findings).toEqual([]);
    return [...agreement.families.values()].map(({ quorum }) => quorum.heard);
  };
  const [all = 0n] = await heardBy(keeping(80));
  const [others = 0n] = await heardBy(keeping(3));
  expect(all - others).toBe(10n ** 12n + 1n);
});
