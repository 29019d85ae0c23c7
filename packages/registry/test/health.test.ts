import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterPoll,
  mayBeAsked,
  mayOffer,
  newMinerHealth,
  type Poll,
  parseCapacity,
} from "../src/index.ts";

const RULES = { intervalMs: 10_000, keepMs: 60_000, longestPauseMs: 80_000 };
const answered = (atMs: number, document: unknown = { base: true }): Poll => {
  return { kind: "answered", atMs, capacity: parseCapacity(document) };
};
const silent = (atMs: number): Poll => ({ kind: "silent", atMs, reason: "no answer" });
const after = (...polls: readonly Poll[]) =>
  polls.reduce((health, poll) => afterPoll(health, poll, RULES), newMinerHealth(0));

describe("a miner's standing", () => {
  test("is unknown until it was asked, and then it may be asked", () => {
    expect(mayBeAsked(newMinerHealth(0))).toBe(true);
    expect(after(answered(5))).toMatchObject({
      validity: "valid",
      failures: 0,
      nextPollMs: 10_005,
    });
  });

  test("is kept while it is silent, for a bounded time", () => {
    const standing = answered(0);
    expect(after(standing, silent(10_000))).toMatchObject({ validity: "contained", failures: 1 });
    expect(after(standing, silent(10_000), silent(69_999)).validity).toBe("contained");
    expect(after(standing, silent(10_000), silent(70_000)).validity).toBe("invalid");
  });

  test("is not lost to one unanswered poll, however late the next one comes", () => {
    const once = after(answered(0), silent(10_000_000));
    expect(once.validity).toBe("contained");
    expect(mayBeAsked(once)).toBe(true);
  });

  test("ends at once with a document that cannot be read", () => {
    const health = after(answered(0), answered(10_000, { base: 1 }));
    expect(health).toMatchObject({ validity: "invalid", reason: '"base" is no boolean' });
    expect(mayBeAsked(health)).toBe(false);
    expect(after(answered(0), answered(1, []), silent(2)).validity).toBe("invalid");
  });

  test("is whole again with one good answer", () => {
    const health = after(answered(0, []), silent(1), answered(2));
    expect(health).toMatchObject({
      validity: "valid",
      failures: 0,
      reason: null,
      silentSinceMs: null,
    });
  });

  test("brings longer pauses the longer it fails, up to a limit", () => {
    const pauses = [1, 2, 3, 4, 5, 60].map((count) => {
      const polls = Array.from({ length: count }, () => silent(0));
      return after(...polls).nextPollMs;
    });
    expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000, 80_000, 80_000]);
  });

  test("says what is on offer, and keeps saying it through silence", () => {
    const health = after(answered(0, { base: true, img: false }), silent(1));
    expect(["base", "img", "edit"].map((name) => mayOffer(health, name))).toEqual([
      true,
      false,
      false,
    ]);
    expect(mayOffer(newMinerHealth(0), "base")).toBe(true);
  });

  test("is never taken for silence before the time is over and it was asked twice", () => {
    const polls = fc.array(fc.record({ wait: fc.nat(50_000), good: fc.boolean() }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(polls, (list) => {
        let [atMs, health, since, asked] = [0, newMinerHealth(0), 0, 0];
        for (const { wait, good } of list) {
          atMs += wait;
          health = afterPoll(health, good ? answered(atMs) : silent(atMs), RULES);
          asked = good ? 0 : asked + 1;
          if (asked === 1) since = atMs;
          const isSpent = asked >= 2 && atMs - since >= RULES.keepMs;
          expect(mayBeAsked(health)).toBe(!isSpent);
          expect(health.nextPollMs).toBeGreaterThan(atMs);
        }
      }),
    );
  });
});
