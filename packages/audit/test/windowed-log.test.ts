import { isEntryOf, type Json } from "@neurond/ledger";
import { canonicalJson, isCoded, toRunId } from "@neurond/primitives";
import { DOCUMENT } from "@neurond/workload-storage";
import { expect, test } from "vitest";
import { LogIndex, type ReadEntries, WindowedLog } from "../src/period/windowed-log.ts";
import { OpenSegment } from "../src/segment.ts";
import { hotkeyFor, validators } from "./people.ts";
import { netuid } from "./world.ts";

const RUN_BLOCKS = 100;
const PERIOD_BLOCKS = 1_000;

/** An entry of a run; grants reach three periods ahead, receipts two. */
function entryAt(index: number): string {
  const run = Math.floor(index / 40);
  const block = run * RUN_BLOCKS;
  const period = Math.floor(block / PERIOD_BLOCKS);
  const kinds: readonly (readonly [string, Json])[] = [
    [DOCUMENT.plan, { beacon_block: block + 50 }],
    [DOCUMENT.inventory, { run }],
    [DOCUMENT.grant, { grant: { first_period: period, tag_roots: ["a", "b", "c"] } }],
    [
      DOCUMENT.receipt,
      { receipt: { stored_block: block, expires_block: block + 2 * PERIOD_BLOCKS } },
    ],
    [DOCUMENT.reveal, { period: Math.max(0, period - 1) }],
  ];
  const [type, body] = kinds[index % kinds.length] ?? ["other", {}];
  return canonicalJson({
    kind: "document",
    v: 1,
    netuid,
    validator: hotkeyFor(validators[0]),
    run_id: toRunId(`run-${run}`),
    type,
    miner: null,
    body,
  });
}

/** A log that is made when it is read, and what was read of it. */
function madeUp(): { readonly read: ReadEntries; readonly windows: number[] } {
  const windows: number[] = [];
  return {
    windows,
    read: async (from, to) => {
      windows.push(from / 256);
      return Array.from({ length: to - from }, (_, at) => entryAt(from + at));
    },
  };
}

test("roots and proofs are those of the log held whole, at any size", async () => {
  const size = 1_300;
  const texts = Array.from({ length: size }, (_, at) => entryAt(at));
  const whole = OpenSegment.open({ from: 0, peaks: [], texts });
  const log = await WindowedLog.follow(null, size, RUN_BLOCKS, madeUp().read);
  for (const at of [0, 1, 255, 256, 257, 1_024, 1_279, 1_280, 1_299, size]) {
    expect(await log.rootAt(at), String(at)).toBe(await whole?.rootAt(at));
  }
  expect(await log.rootAt(size + 1)).toBeNull();
  const head = { size, root: (await log.rootAt(size)) ?? "" };
  for (const at of [0, 255, 256, 1_023, 1_279, 1_280, size - 1]) {
    const proven = await log.prove(at);
    expect(proven).toEqual(await whole?.prove(at, size));
    expect(isEntryOf(head, proven)).toBe(true);
  }
});

test("a period's entries are all found, and of a long log little else is read", async () => {
  const size = 12_000;
  const source = madeUp();
  const log = await WindowedLog.follow(null, size, RUN_BLOCKS, source.read);
  const due = { period: 20, blocks: PERIOD_BLOCKS };
  source.windows.length = 0;
  const found: number[] = [];
  for await (const { index } of log.about([due])) found.push(index);
  const runs = [due.period * 10, due.period * 10 + 9].map((run) => run * 40);
  const [first = 0, last = 0] = runs;
  // Everything of the period's ten runs but reveals of the period before, and what reaches into it.
  const own = Array.from({ length: last + 40 - first }, (_, at) => first + at);
  expect(found).toEqual(expect.arrayContaining(own.filter((at) => at % 5 !== 4)));
  expect(found.some((at) => at < first && at % 5 === 2)).toBe(true);
  expect(found.every((at) => at > first - 5 * 400 && at < last + 40 + 400)).toBe(true);
  expect(source.windows.length).toBeLessThan(14);
});

test("what is known of a log goes on where it stopped", async () => {
  const before = await WindowedLog.follow(null, 2_000, RUN_BLOCKS, madeUp().read);
  const kept = LogIndex.parse(JSON.parse(JSON.stringify(before.index)));
  const source = madeUp();
  const after = await WindowedLog.follow(kept, 2_300, RUN_BLOCKS, source.read);
  expect(source.windows).toEqual([7, 8]);
  const anew = await WindowedLog.follow(null, 2_300, RUN_BLOCKS, madeUp().read);
  expect(await after.rootAt(2_300)).toBe(await anew.rootAt(2_300));
  expect(after.index).toEqual(anew.index);
});

test("entries that are served otherwise than before are not believed", async () => {
  let isChanged = false;
  const honest = madeUp().read;
  const read: ReadEntries = async (from, to) =>
    (await honest(from, to))?.map((text) => (isChanged ? text.replace("run-", "Run-") : text)) ??
    null;
  const log = await WindowedLog.follow(null, 1_000, RUN_BLOCKS, read);
  isChanged = true;
  const refused = await log.prove(300).catch((error: unknown) => error);
  expect(isCoded(refused, "LOG_WITHDRAWN")).toBe(true);
});

test("however long a log is, what is held of it is a hash for each window", async () => {
  const kept = async (size: number) => {
    const { index } = await WindowedLog.follow(null, size, RUN_BLOCKS, madeUp().read);
    return JSON.stringify(index).length / size;
  };
  // Under half a byte for an entry: a year of a large subnet is some megabytes.
  expect(await kept(10_000)).toBeLessThan(0.5);
});
