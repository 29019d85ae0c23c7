import { runAt, runOf, toBlockNumber, toRunId } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { expect, test } from "vitest";

test("a run id is 1 to 47 characters that fit a commitment and a file name", () => {
  expect([toRunId("run-7"), toRunId("a".repeat(47))]).toEqual(["run-7", "a".repeat(47)]);
  for (const text of ["", "a".repeat(48), "run:7", "run/7", "run 7", "läuft"]) {
    expect(codeOf(() => toRunId(text))).toBe("RUN_ID_INVALID");
  }
});

test("runs follow one another without gap or overlap", () => {
  const anyBlock = fc.integer({ min: 0, max: 2 ** 31 });
  fc.assert(
    fc.property(anyBlock, fc.integer({ min: 1, max: 100_000 }), (block, runBlocks) => {
      const run = runAt(toBlockNumber(block), runBlocks);
      expect(run.start <= block && block < run.close).toBe(true);
      expect(run.id).toBe(`run-${run.index}`);
      expect(runAt(run.close, runBlocks)).toEqual(runOf(run.index + 1, runBlocks));
    }),
  );
});

test("a run has blocks", () => {
  for (const runBlocks of [0, -1, 1.5, Number.NaN]) {
    expect(codeOf(() => runAt(toBlockNumber(1), runBlocks))).toBe("ID_OUT_OF_RANGE");
  }
});
