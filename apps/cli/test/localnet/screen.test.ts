import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventLines } from "../../src/commands/localnet/events.ts";
import { renderScreen } from "../../src/commands/localnet/screen.ts";
import { FORGED, viewOf } from "./view.ts";

const WIDE = { columns: 200, rows: 50 };

test("the screen shows blocks, runs, miners, validators and findings", () => {
  const text = renderScreen(viewOf(), WIDE, false).join("\n");
  for (const words of [
    "block 147",
    "run-6",
    "run-4 agreed 3/3 exact",
    "came back bit-exact",
    "miner-4 throws data away",
    "miner-5 answers late",
    "6 over S3, came back bit-exact, 5 repaired",
    "validator-3 lies in reports",
    "run-5 ababab… @145",
    "proxy-2 in front of miner-2 to miner-6: 120 served, 1 refused",
    "validator-1 1 exact  validator-2 1 exact  validator-3 1 differ",
    "REPORT_FORGED run-4 validator-3",
    "/localnet/data/auditor/evidence/run-4.json",
  ]) {
    expect(text).toContain(words);
  }
});

test("everything but long paths fits a terminal of 80 columns", () => {
  const view = viewOf({ findings: [] });
  const wide = renderScreen(view, WIDE, false);
  expect(renderScreen(view, { ...WIDE, columns: 80 }, false)).toEqual(wide);
});

test("without colour there is not one escape", () => {
  const text = renderScreen(viewOf(), WIDE, false).join("\n");
  expect(stripVTControlCharacters(text)).toBe(text);
});

test("no line is wider and no screen higher than the terminal", () => {
  const size = fc.record({
    columns: fc.integer({ min: 1, max: 300 }),
    rows: fc.integer({ min: 2, max: 80 }),
  });
  fc.assert(
    fc.property(size, fc.boolean(), (terminal, colour) => {
      const lines = renderScreen(viewOf(), terminal, colour);
      expect(lines.length).toBeLessThan(terminal.rows);
      for (const line of lines) {
        expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(terminal.columns);
      }
    }),
  );
});

test("what happened between two looks is told once", () => {
  const before = viewOf({
    findings: [],
    block: 146,
    run: { index: 5, phase: "probing", into: 20 },
  });
  const lines = eventLines(before, viewOf());
  expect(lines).toEqual([
    "block 147: run-6 begins",
    expect.stringMatching(/^block 147: critical REPORT_FORGED run-4 validator-3: .*evidence/),
  ]);
  expect(eventLines(viewOf(), viewOf())).toEqual([]);
});

test("a finding names its validator as people know it", () => {
  expect(eventLines(null, viewOf()).join("\n")).toContain(`${FORGED.code} run-4 validator-3`);
});
