import { type Limit, limitOf, settle, stakeQuota } from "@neurond/admission";
import { parseTao, toRao } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";

const NOW_US = 1_763_650_000_000_000;
const limits = fc.record({
  intervalUs: fc.integer({ min: 1, max: 5_000_000 }),
  burst: fc.integer({ min: 1, max: 50 }),
});
/** Pauses between requests in microseconds: none, short, and long beside any interval. */
const pauses = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 10_000 }),
    fc.integer({ max: 9_000_000, min: 0 }),
  ),
  { minLength: 1, maxLength: 200 },
);

/** Times at which requests pass when they come after these pauses. */
function passing(limit: Limit, gaps: readonly number[]): number[] {
  const passed: number[] = [];
  let [now, tat] = [NOW_US, 0];
  for (const gap of gaps) {
    now += gap;
    const { taken, tats } = settle([{ key: "a", limit }], [tat], now);
    tat = tats[0] ?? 0;
    if (taken.allowed) passed.push(now);
  }
  return passed;
}

describe("the bucket", () => {
  it("never lets more pass in any window than its burst and what came back meanwhile", () => {
    fc.assert(
      fc.property(limits, pauses, (limit, gaps) => {
        const passed = passing(limit, gaps);
        for (let from = 0; from < passed.length; from += 1) {
          for (let to = from; to < passed.length; to += 1) {
            const span = (passed[to] ?? 0) - (passed[from] ?? 0);
            expect(to - from + 1).toBeLessThanOrEqual(
              limit.burst + Math.floor(span / limit.intervalUs),
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("lets a request pass after exactly the wait it told, and not a millisecond earlier", () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 0, max: 2_000 }), (limit, ms) => {
        let tat = 0;
        const now = NOW_US + ms * 1_000;
        const ask = (atUs: number) => settle([{ key: "a", limit }], [tat], atUs);
        for (let sent = 0; sent < limit.burst; sent += 1) tat = ask(now).tats[0] ?? 0;
        const { allowed, retryAfterMs } = ask(now).taken;
        expect(allowed).toBe(false);
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(ask(now + retryAfterMs * 1_000).taken.allowed).toBe(true);
        expect(ask(now + (retryAfterMs - 1) * 1_000).taken.allowed).toBe(false);
      }),
    );
  });

  it("is never left with more by asking earlier, or with less time until it is full", () => {
    fc.assert(
      fc.property(limits, fc.nat(400_000_000), fc.nat(1_000_000), (limit, ahead, later) => {
        const at = (nowUs: number) =>
          settle(
            [{ key: "a", limit }],
            [NOW_US + (ahead % (limit.burst * limit.intervalUs))],
            nowUs,
          ).taken;
        const [early, late] = [at(NOW_US), at(NOW_US + later)];
        expect(Number(late.allowed)).toBeGreaterThanOrEqual(Number(early.allowed));
        expect(late.remaining).toBeGreaterThanOrEqual(early.remaining);
        expect(late.retryAfterMs).toBeLessThanOrEqual(early.retryAfterMs);
      }),
    );
  });

  it("is full again when it said it would be", () => {
    fc.assert(
      fc.property(limits, pauses, (limit, gaps) => {
        let [now, tat] = [NOW_US, 0];
        for (const gap of gaps) {
          now += gap;
          const { taken, tats } = settle([{ key: "a", limit }], [tat], now);
          tat = tats[0] ?? 0;
          const whole = settle([{ key: "a", limit }], [tat], now + taken.resetMs * 1_000).taken;
          expect(whole).toMatchObject({ allowed: true, remaining: limit.burst - 1 });
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("a limit", () => {
  test("is whole microseconds, rounded so that it never allows more", () => {
    expect(limitOf({ requests: 60, perMs: 60_000 })).toEqual({ intervalUs: 1_000_000, burst: 60 });
    expect(limitOf({ requests: 7, perMs: 1, burst: 2 })).toEqual({ intervalUs: 143, burst: 2 });
  });

  test("is refused outside its range", () => {
    const rates = [
      { requests: 0, perMs: 1 },
      { requests: 1.5, perMs: 1 },
      { requests: 1, perMs: 1, burst: 0 },
      { requests: 1, perMs: 2_000_000_000 },
    ];
    for (const rate of rates) expect(codeOf(() => limitOf(rate))).toBe("LIMIT_INVALID");
  });
});

describe("a quota that grows with stake", () => {
  const quota = stakeQuota({ base: 10, perDecade: 100 });

  test("is the base without stake and one step more for each tenfold", () => {
    expect(["0", "9", "99", "999", "999999"].map((tao) => quota(parseTao(tao)))).toEqual([
      10, 110, 210, 310, 610,
    ]);
  });

  test("rounds the logarithm down to hundredths", () => {
    expect(quota(parseTao("1"))).toBe(40);
    expect(quota(parseTao("8.999999999"))).toBe(109);
  });

  test("is the rounded logarithm for every stake, and never falls as stake grows", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 40n), (stake, more) => {
        const exact = 10 + 100 * Math.log10(1 + Number(stake) / 1e9);
        expect(exact - quota(toRao(stake))).toBeGreaterThan(-1e-6);
        expect(exact - quota(toRao(stake))).toBeLessThan(1 + 1e-6);
        const richer = stake + more < 2n ** 64n ? stake + more : stake;
        expect(quota(toRao(richer))).toBeGreaterThanOrEqual(quota(toRao(stake)));
      }),
    );
  });

  test("is refused where it would start at nothing", () => {
    expect(codeOf(() => stakeQuota({ base: 0, perDecade: 1 }))).toBe("LIMIT_INVALID");
    expect(codeOf(() => stakeQuota({ base: 1, perDecade: -1 }))).toBe("LIMIT_INVALID");
  });
});
