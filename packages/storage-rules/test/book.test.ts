import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import {
  type Batch,
  EMPTY_BOOK,
  formatBook,
  type MinerBook,
  NEW_MINER,
  namedTier,
  parseBook,
  settleBatch,
  settleMetagraph,
  settlePings,
  settleTiers,
  statisticsOf,
  TIER_RULES,
} from "@neurond/storage-rules";
import fc from "fast-check";
import { expect, test } from "vitest";

const key = (byte: number): Hotkey => hotkeyOf(new Uint8Array(32).fill(byte));
const bronze = namedTier(NEW_MINER, TIER_RULES.seed);

function batch(task: Batch["task"], results: Readonly<Record<number, boolean>>): Batch {
  const answers = Object.entries(results).map(([byte, isSuccess]) => {
    return [key(Number(byte)), { isSuccess, elapsed: 1_000_000, bytes: 0, tier: bronze }] as const;
  });
  return { task, timeout: 30_000_000, answers: new Map(answers) };
}

function rounds(book: MinerBook, count: number): MinerBook {
  let next = book;
  for (let at = 0; at < count; at += 1) {
    for (const task of ["store", "challenge", "retrieve"] as const) {
      next = settleBatch(next, batch(task, { 1: true, 2: at % 2 === 0 }));
    }
  }
  return next;
}

test("a batch is counted and rewarded, for those who were asked", () => {
  const book = settleBatch(EMPTY_BOOK, batch("challenge", { 1: true, 2: false }));
  expect(statisticsOf(book, key(1)).counters.challenge).toEqual({ attempts: 1, successes: 1 });
  expect(statisticsOf(book, key(2)).counters.challenge).toEqual({ attempts: 1, successes: 0 });
  expect(statisticsOf(book, key(3))).toBe(NEW_MINER);
  expect(book.scores.get(key(1))).toBeGreaterThan(0);
  expect(book.scores.get(key(2))).toBe(-832_500); // -0.05 · 0.333 · 0.05
  expect(EMPTY_BOOK.statistics.size).toBe(0);
});

test("a miner that never fails is in Silver after 1000 successes, and one that fails half is not", () => {
  const book = settleTiers(rounds(EMPTY_BOOK, 334), TIER_RULES.seed);
  expect(statisticsOf(book, key(1))).toMatchObject({ tier: "Silver", totalSuccesses: 1002 });
  expect(statisticsOf(book, key(2)).tier).toBe("Bronze");
});

test("a miner that is down loses a little, once, and is named", () => {
  let book = settleBatch(EMPTY_BOOK, batch("challenge", { 1: true }));
  const before = book.scores.get(key(1)) ?? 0;
  const named: Hotkey[] = [];
  for (let at = 0; at < 11; at += 1) {
    const settled = settlePings(
      book,
      new Map([
        [key(1), false],
        [key(2), true],
      ]),
    );
    book = settled.book;
    named.push(...settled.down);
  }
  expect(named).toEqual([key(1)]);
  expect(book.failedPings.size).toBe(0);
  // s - 0.05 · (s + 0.005), and nothing for the ten pings before.
  expect(book.scores.get(key(1))).toBe(Math.round(before * 0.95 - 250_000));
});

test("who is replaced is forgotten entirely", () => {
  const asked = rounds(EMPTY_BOOK, 2);
  const { book } = settlePings(asked, new Map([[key(2), false]]));
  const after = settleMetagraph(book, new Set([key(1)]));
  for (const map of Object.values(after)) expect(map.has(key(2))).toBe(false);
  expect(after.scores.get(key(1))).toBe(asked.scores.get(key(1)));
});

test("a book is one text, in whatever order it was written, and comes back from it", () => {
  const step = fc.record({
    task: fc.constantFrom("store" as const, "challenge" as const, "retrieve" as const),
    results: fc.dictionary(fc.integer({ min: 0, max: 9 }).map(String), fc.boolean()),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let book = EMPTY_BOOK;
      for (const { task, results } of steps) {
        book = settleBatch(book, batch(task, results));
        const pings = Object.entries(results).map(([byte, is]) => [key(Number(byte)), is] as const);
        book = settlePings(book, new Map(pings)).book;
      }
      const text = formatBook(book);
      const read = parseBook(text);
      expect(read).toEqual(book);
      const backwards = { ...read, scores: new Map([...read.scores].reverse()) };
      expect(formatBook(backwards)).toBe(text);
    }),
  );
});

test.each(["", "{}", formatBook(EMPTY_BOOK).replace("nano", "micro")])(
  "a text that is no book is not taken for an empty one: %j",
  (text) => {
    expect(() => parseBook(text)).toThrow(/move it aside/);
  },
);
