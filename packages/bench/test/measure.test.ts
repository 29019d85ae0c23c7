import { expect, it } from "vitest";
import { defineBench, measureRow, meetsTarget, type Row, runBench } from "../src/index.ts";

const row = { metric: "demo.speed", unit: "ms", better: "lower", target: 5 } as const;

/** A row whose sides note in `order` when they ran, and answer 1, 2, 3, … and ten times that. */
function recording(order: string[], runs: number): Row {
  let ours = 0;
  let theirs = 0;
  return {
    ...row,
    runs,
    measure: () => {
      order.push("ours");
      ours += 1;
      return ours;
    },
    reference: {
      name: "theirs",
      measure: () => {
        order.push("theirs");
        theirs += 10;
        return theirs;
      },
    },
  };
}

it("warms both sides up, then measures them in turns with the first one changing", async () => {
  const order: string[] = [];
  await measureRow(recording(order, 3));
  expect(order).toEqual([
    ...["ours", "theirs"],
    ...["ours", "theirs"],
    ...["theirs", "ours"],
    ...["ours", "theirs"],
  ]);
});

it("reports medians without the warm-up, their ratio and our spread", async () => {
  expect(await measureRow(recording([], 3))).toEqual({
    ...row,
    value: 3,
    reference: { name: "theirs", value: 30 },
    ratio: 0.1,
    runs: 3,
    spread: 0.6667,
  });
});

it("says null, not 0, where there is no reference", async () => {
  const result = await measureRow({ ...row, measure: () => 4, runs: 1 });
  expect(result).toMatchObject({ reference: null, ratio: null });
});

it.each([
  ["lower", 5, 5, true],
  ["lower", 5.1, 5, false],
  ["higher", 200, 200, true],
  ["higher", 199, 200, false],
  ["higher", 1, null, undefined],
] as const)(
  "with %s better, %s against a target of %s is met: %s",
  async (better, value, target, met) => {
    const result = await measureRow({ ...row, better, target, measure: () => value, runs: 1 });
    expect(meetsTarget(result)).toBe(met);
  },
);

it("releases what the rows used after the last of them, also when one fails", async () => {
  const events: string[] = [];
  const bench = defineBench({
    name: "demo",
    rows(resources) {
      resources.defer(() => void events.push("released"));
      return [{ ...row, runs: 1, measure: () => events.push("measured") }];
    },
  });
  await runBench(bench);
  expect(events).toEqual(["measured", "measured", "released"]);

  const failing = defineBench({
    name: "demo",
    rows(resources) {
      resources.defer(() => void events.push("released after failure"));
      return [{ ...row, measure: () => Promise.reject(new Error("no devnet")) }];
    },
  });
  await expect(runBench(failing)).rejects.toThrow("no devnet");
  expect(events.at(-1)).toBe("released after failure");
});

it("refuses metrics that are not under the bench's name or appear twice", async () => {
  const measure = () => 1;
  const named = (...metrics: string[]) =>
    runBench(
      defineBench({
        name: "demo",
        rows: () => metrics.map((metric) => ({ ...row, metric, measure })),
      }),
    );
  await expect(named("other.speed")).rejects.toThrow("other.speed");
  await expect(named("demo.speed", "demo.speed")).rejects.toThrow("twice");
});
