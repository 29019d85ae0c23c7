import { describe, expect, test } from "vitest";
import { auditRun } from "../src/audit-run.ts";
import { tools, worldOf } from "./world.ts";

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
