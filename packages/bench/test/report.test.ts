import { expect, it } from "vitest";
import { BENCHES } from "../src/benches.ts";
import { defineBench, formatTable, runBench } from "../src/index.ts";

const demo = defineBench({
  name: "demo",
  rows: () => [
    {
      metric: "demo.fast",
      unit: "ms",
      better: "lower",
      target: 15,
      measure: () => 10,
      reference: { name: "bare loop", measure: () => 5 },
    },
    { metric: "demo.slow", unit: "1/s", better: "higher", target: 200, measure: () => 150 },
    { metric: "demo.open", unit: "MB", better: "lower", target: null, measure: () => 3 },
  ],
});

it("keeps the shape that --json promises", async () => {
  const report = await runBench(demo);
  expect(Object.keys(report)).toEqual(["name", "machine", "rows"]);
  expect(Object.keys(report.machine)).toEqual(["cpu", "cores", "node"]);
  const [row] = report.rows;
  expect(JSON.parse(JSON.stringify(row))).toEqual({
    metric: "demo.fast",
    value: 10,
    unit: "ms",
    better: "lower",
    target: 15,
    reference: { name: "bare loop", value: 5 },
    ratio: 2,
    runs: 7,
    spread: 0,
  });
});

it("tells people which targets are met, missed and not promised", async () => {
  const report = await runBench(demo);
  const [, ...lines] = formatTable(report).split("\n");
  expect(lines).toEqual([
    "metric     value    target      met  reference         ratio  spread",
    "demo.fast  10 ms    <= 15 ms    yes  5 ms (bare loop)  2x     0 %",
    "demo.slow  150 1/s  >= 200 1/s  NO   -                 -      0 %",
    "demo.open  3 MB     -           -    -                 -      0 %",
    "1 of 2 targets met",
  ]);
});

it("loads every bench under the name it is listed by", async () => {
  for (const [name, { load }] of Object.entries(BENCHES)) {
    expect((await load()).name).toBe(name);
  }
}, 60_000); // it loads every package there is
