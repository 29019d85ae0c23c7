import { hotkeyOf, toUid } from "@neurond/primitives";
import {
  type Answer,
  averageIn,
  type Batch,
  batchEvent,
  checkBatchEvent,
  NEW_MINER,
  NO_DIGEST,
  namedTier,
  openLine,
  publicEvent,
  rewardBatch,
  SEED_TIERS,
  sealLine,
  TaskEvent,
  TIER_RULES,
} from "@neurond/storage-rules";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const key = (byte: number) => hotkeyOf(new Uint8Array(32).fill(byte));
const tier = namedTier({ ...NEW_MINER, tier: "Gold" }, TIER_RULES.seed);
const answer = (change: Partial<Answer> = {}): Answer => {
  return { isSuccess: true, elapsed: 1_234_567, bytes: 0, tier, ...change };
};
const answers = new Map([
  [key(3), answer()],
  [key(1), answer({ elapsed: 999_999, bytes: 77 })],
  [key(2), answer({ isSuccess: false })],
]);
const batch: Batch = { task: "retrieve", timeout: 60_000_000, answers };
const circumstances = {
  time: 1_700_000_000_000,
  block: 3_000_000,
  stepSeconds: 2.5,
  uids: new Map([1, 2, 3].map((at) => [key(at), toUid(at * 10)])),
  statuses: new Map([[key(2), { code: 408, message: "chunk 0xabc of 5Grw timed out" }]]),
  scores: averageIn(new Map(), rewardBatch(batch)),
};
const event = batchEvent(batch, circumstances);

test("an event lists its miners by uid, and names the best of them", () => {
  expect(event).toMatchObject({
    task_name: "Retrieve",
    uids: [10, 20, 30],
    successful: [true, false, true],
    task_status_codes: [0, 408, 0],
    best_uid: 10,
    best_hotkey: key(1),
  });
  expect(TaskEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
});

describe("whoever reads an event", () => {
  test("computes its rewards again from it, after a journey through JSON, bit for bit", () => {
    const read = fc.record({
      isSuccess: fc.boolean(),
      elapsed: fc.integer({ min: 0, max: 60_000_000 }),
      bytes: fc.nat(2 ** 31 - 1),
      tier: fc.constantFrom(...SEED_TIERS),
    });
    fc.assert(
      fc.property(fc.array(read, { minLength: 1, maxLength: 30 }), (list) => {
        const all = new Map(list.map((one, at) => [key(at), one] as const));
        const uids = new Map([...all.keys()].map((hotkey, at) => [hotkey, toUid(at)]));
        const written = batchEvent({ ...batch, answers: all }, { ...circumstances, uids });
        const again = TaskEvent.parse(JSON.parse(JSON.stringify(written)));
        expect(checkBatchEvent(again, SEED_TIERS)).toBeNull();
      }),
    );
  });

  test.each([
    ["REWARDS", { rewards: event.rewards.map((reward) => reward + 1e-9) }],
    ["REWARDS", { completion_times: [0.5, 1, 1] }],
    ["REWARDS", { successful: [true, true, true] }],
    ["REWARDS", { tiers: ["Gold", "Gold", "Diamond"] }],
    ["REWARDS", { timeout: 30 }],
    ["BEST", { best_hotkey: key(3) }],
    ["TIER", { tiers: ["Gold", "Gold", "Platinum"] }],
    ["SHAPE", { bytes: [1] }],
    ["SHAPE", { hotkeys: [key(1), key(1), key(3)] }],
    ["SHAPE", { timeout: 0 }],
  ])("finds %s wrong", (fault, change) => {
    expect(checkBatchEvent({ ...event, ...change }, SEED_TIERS)).toBe(fault);
  });
});

test("outsiders see no hotkeys but the best, no messages, and nothing that was smuggled in", () => {
  const hashMap = { "0xabc": [key(1), key(2)] };
  const shown = publicEvent({ ...event, ...{ hash_map: hashMap, chunk: "0xabc" } });
  expect(Object.keys(shown).sort()).toEqual([
    "best_hotkey",
    "best_uid",
    "block",
    "completion_times",
    "moving_averaged_scores",
    "rewards",
    "step_length",
    "successful",
    "task_name",
    "task_status_codes",
    "uids",
  ]);
  expect(JSON.stringify(shown)).not.toContain("0xabc");
});

describe("a sealed line", () => {
  const first = sealLine(event, null);
  const second = sealLine({ level: 38, text: 'a "quoted" \u2028 line' }, first);

  test("opens to what was written, and follows the line before", () => {
    expect(openLine(first)).toMatchObject({ record: event, prev: NO_DIGEST });
    expect(openLine(second)?.prev).toBe(openLine(first)?.digest);
  });

  test("does not open when any character of it is another", () => {
    for (let at = 0; at < second.length; at += 1) {
      const changed = second.charAt(at) === "x" ? "y" : "x";
      expect(openLine(`${second.slice(0, at)}${changed}${second.slice(at + 1)}`)).toBeNull();
    }
    expect(openLine("")).toBeNull();
    expect(openLine("{}")).toBeNull();
  });
});
