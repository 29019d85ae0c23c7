import { encodeEntry } from "@neurond/ledger";
import { DOCUMENT } from "@neurond/workload-storage";
import { expect, test } from "vitest";
import { periodsDue } from "../io/periods-due.ts";
import { timesOf } from "../src/run-times.ts";
import { hotkeyFor, validators } from "./people.ts";
import { netuid, RULES } from "./world.ts";

const hotkey = hotkeyFor(validators[0]);
/** Four runs of a subnet's are a period here. */
const blocks = 4 * RULES.blocks;

/** What is due with a run whose plan says that secrets up to one are out. */
function dueAt(index: number, revealed: number, judged: readonly number[] = []) {
  const run = timesOf(index, RULES);
  const plan = encodeEntry({
    kind: "document",
    ...{ v: 1, netuid, validator: hotkey, run_id: run.id, type: DOCUMENT.plan, miner: null },
    body: {
      ...{ run: index, slots: [], beacon_kind: 0, beacon_block: run.beacon, block: run.start },
      periods: { blocks, first: 2, next: 30, revealed },
      links: [],
    },
  });
  const log = {
    segment: { from: 0, peaks: [], texts: [plan] },
    ...{ problem: "", checkpoints: [], tails: [] },
  };
  const names = new Set(judged.map((period) => `${period}/${blocks}`));
  const facts = { run, finalized: run.close, suspect: [], judged: names };
  return periodsDue({ hotkey, log }, facts).map(({ period }) => period);
}

test("a secret that a plan calls said is looked for once when it is due, unless it was judged", () => {
  // Period 5 is due from the first run of period 7 on.
  expect([27, 28, 29, 30, 31].map((run) => dueAt(run, 6))).toEqual([[], [5], [], [], []]);
  expect(dueAt(28, 6, [5])).toEqual([]);
  expect(dueAt(28, 6, [4])).toEqual([5]);
});

test("a secret that a plan owes is due with every run until it is said", () => {
  expect([27, 28, 29, 33].map((run) => dueAt(run, 5))).toEqual([[], [5], [5], [5]]);
});

test("periods before the first that was committed to are nobody's", () => {
  expect(dueAt(12, 2)).toEqual([]);
});
