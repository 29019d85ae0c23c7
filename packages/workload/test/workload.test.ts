import { type Micro, toMicro } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import {
  type AnyWorkload,
  CONTAINED,
  defineWorkload,
  failed,
  isProvable,
  isSettled,
  meanMicro,
  meanScore,
  OFFLINE,
  passed,
  unknown,
} from "@neurond/workload";
import type { Neuron, Prober, Responder } from "@neurond/workload/io";
import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { type ToyEvidence, type ToyTask, toy, toyRun } from "./toy.ts";

describe("a defined workload", () => {
  test("stands in one list with others, without casts", () => {
    const other = defineWorkload({
      name: "echo/2",
      task: z.string(),
      evidence: z.string(),
      sample: () => [],
      verify: (task, evidence) => (task === evidence ? passed() : failed("ECHO_WRONG")),
      score: meanScore,
    });
    const list: readonly AnyWorkload[] = [defineWorkload(toy), other];
    expect(list.map(({ name }) => name)).toEqual(["double/1", "echo/2"]);
    expect(list.flatMap((workload) => workload.sample(toyRun))).toHaveLength(6);
  });

  test("holds malformed evidence against the miner and a malformed task against us", () => {
    const { verify } = defineWorkload(toy);
    expect(verify({ number: 3 }, { answer: 6 })).toEqual(passed());
    expect(verify({ number: 3 }, { answer: 6, more: 1 })).toEqual(failed("EVIDENCE_MALFORMED"));
    expect(verify({ number: 300 }, { answer: 600 })).toEqual(unknown("TASK_MALFORMED"));
  });

  test("has a name that ends in a version", () => {
    for (const name of ["double", "double/0", "Double/1", "double/1.0", "/1", "double/1 "]) {
      expect(codeOf(() => defineWorkload({ ...toy, name }))).toBe("WORKLOAD_NAME_INVALID");
    }
  });
});

test("roles carry the types of their workload", () => {
  expectTypeOf<Parameters<Prober<ToyTask, ToyEvidence>>>().toEqualTypeOf<
    [Neuron, ToyTask, AbortSignal]
  >();
  expectTypeOf<ReturnType<Prober<ToyTask, ToyEvidence>>>().resolves.toEqualTypeOf<
    ToyEvidence | "offline"
  >();
  expectTypeOf<ReturnType<Responder<ToyTask, string>>>().resolves.toEqualTypeOf<string>();
});

test("only what the record shows is provable, and only what is over is settled", () => {
  const outcomes = [passed(), failed("REASON"), OFFLINE, CONTAINED, unknown("REASON")];
  expect(outcomes.map(isProvable)).toEqual([true, true, false, false, false]);
  expect(outcomes.map(isSettled)).toEqual([true, true, true, false, false]);
});

describe("a mean", () => {
  const micros = (...values: number[]): Micro[] => values.map(toMicro);

  test("rounds halves up", () => {
    expect(meanMicro(micros(0, 1))).toBe(1);
    expect(meanMicro(micros(0, 0, 1))).toBe(0);
    expect(meanMicro(micros(1, 1, 0))).toBe(1);
    expect(meanMicro([])).toBe(0);
  });

  test("is floor((2 * sum + n) / (2 * n))", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1 }), (values) => {
        const sum = values.reduce((total, value) => total + BigInt(value), 0n);
        const n = BigInt(values.length);
        expect(BigInt(meanMicro(micros(...values)))).toBe((2n * sum + n) / (2n * n));
      }),
    );
  });

  test("of outcomes counts grades, losses as nothing, and what is unsettled not at all", () => {
    expect(meanScore([passed(), failed("REASON")])).toBe(500_000);
    expect(meanScore([passed(toMicro(200_000)), OFFLINE, CONTAINED, unknown("OURS")])).toBe(
      100_000,
    );
    expect(meanScore([CONTAINED])).toBe(0);
  });
});
