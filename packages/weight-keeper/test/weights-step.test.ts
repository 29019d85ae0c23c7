import { toBlockNumber, toRunId } from "@neurond/primitives";
import { describe, expect, test } from "vitest";
import { doubling, steadily, type WeightsPace, weightsStep } from "../src/index.ts";

const pace: WeightsPace = { everyBlocks: 180, retryBlocks: steadily() };
const decided = { runId: "run-2", pace };
const step = (
  head: number,
  last: {
    runId?: string;
    state: Parameters<typeof weightsStep>[2] extends infer L | null
      ? L extends { state: infer S }
        ? S
        : never
      : never;
    block?: number;
    at: number;
    revealBlock?: number;
  },
) =>
  weightsStep(toBlockNumber(head), decided, {
    runId: toRunId(last.runId ?? "run-2"),
    attempt: 1,
    state: last.state,
    block: last.block === undefined ? null : toBlockNumber(last.block),
    note: {
      at: last.at,
      ...(last.revealBlock === undefined ? {} : { revealBlock: last.revealBlock }),
    },
  });

describe("weights", () => {
  test("that were never sent are sent", () => {
    expect(weightsStep(toBlockNumber(5), decided, null)).toBe("send");
  });

  test("that stand are left alone until they are old, or a newer run is decided", () => {
    expect(step(279, { state: "confirmed", block: 100, at: 99 })).toBe("wait");
    expect(step(280, { state: "confirmed", block: 100, at: 99 })).toBe("send");
    expect(step(101, { runId: "run-1", state: "confirmed", block: 100, at: 99 })).toBe("send");
  });

  test("of which nothing was heard are looked for on chain before they are sent again", () => {
    for (const state of ["intended", "unconfirmed"] as const) {
      expect(step(105, { state, at: 100 })).toBe("confirm");
      expect(step(110, { state, at: 100 })).toBe("send");
    }
  });

  test("that were refused are tried again after a while, those of a newer run at once", () => {
    expect(step(105, { state: "rejected", at: 100 })).toBe("wait");
    expect(step(110, { state: "rejected", at: 100 })).toBe("send");
    expect(step(101, { runId: "run-1", state: "rejected", at: 100 })).toBe("send");
  });

  test("that are refused again and again are tried less and less, and then left to the next run", () => {
    const after = (attempt: number, head: number) =>
      weightsStep(
        toBlockNumber(head),
        { runId: "run-2", pace: { everyBlocks: 180, retryBlocks: doubling(3) } },
        { runId: toRunId("run-2"), attempt, state: "rejected", block: null, note: { at: 100 } },
      );
    expect([after(1, 109), after(1, 110)]).toEqual(["wait", "send"]);
    expect([after(2, 119), after(2, 120)]).toEqual(["wait", "send"]);
    expect([after(3, 139), after(3, 140)]).toEqual(["wait", "send"]);
    expect(after(4, 1_000_000)).toBe("wait");
  });

  test("that are hidden by a hash are revealed in their time, before others are sent", () => {
    const hidden = {
      runId: "run-1",
      state: "included",
      block: 100,
      at: 99,
      revealBlock: 140,
    } as const;
    expect(step(139, hidden)).toBe("wait");
    expect(step(140, hidden)).toBe("reveal");
  });
});
