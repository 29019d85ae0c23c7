import { toBlockNumber, toMecid, toRunId, toUid } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import type { WeightsLog } from "../src/index.ts";

const mecid = toMecid(0);
const vector = [{ uid: toUid(3), value: 65_535 }];

/** What every history of weights does. */
export function weightsLogContract(name: string, open: () => Promise<WeightsLog>): void {
  describe(`${name} keeps attempts`, () => {
    test("by number within a run, and knows the latest of a mechanism", async () => {
      const log = await open();
      expect(await log.latest(mecid)).toBeNull();
      const [first, second] = [toRunId("audit-1"), toRunId("audit-2")];
      expect(await log.intend({ runId: first, mecid }, "plain", vector)).toBe(1);
      expect(await log.intend({ runId: first, mecid }, "plain", vector)).toBe(2);
      expect(await log.intend({ runId: second, mecid }, "timelock", [])).toBe(1);
      expect(await log.latest(mecid)).toMatchObject({
        runId: second,
        attempt: 1,
        mode: "timelock",
        state: "intended",
        block: null,
        detail: null,
      });
      expect(await log.latest(toMecid(1))).toBeNull();
    });

    test("and what became of them, without forgetting what was known", async () => {
      const log = await open();
      const runId = toRunId("audit-1");
      const attempt = await log.intend({ runId, mecid }, "plain", vector);
      const about = { runId, mecid, attempt };
      await log.settle(about, { state: "intended", detail: '{"at":5}' });
      await log.settle(about, { state: "confirmed", block: toBlockNumber(9) });
      expect(await log.latest(mecid)).toMatchObject({
        state: "confirmed",
        block: 9,
        detail: '{"at":5}',
        vector,
      });
      await expect(log.settle({ ...about, attempt: 7 }, { state: "confirmed" })).rejects.toThrow();
    });
  });
}
