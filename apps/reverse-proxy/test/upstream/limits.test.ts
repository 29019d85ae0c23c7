import fc from "fast-check";
import { expect, test } from "vitest";
import { initialLimit, type LatencySample, learnLimit } from "../../src/upstream/adaptive-limit.ts";
import { countCall, countsOf, NO_CALLS } from "../../src/upstream/call-window.ts";
import { clientTimeoutMs } from "../../src/upstream/client-deadline.ts";
import { shouldEject } from "../../src/upstream/ejection.ts";
import { checkDelayMs, checked, WELL } from "../../src/upstream/health.ts";
import { readServerUrl } from "../../src/upstream/server-url.ts";
import {
  ADAPTIVE_DEFAULTS,
  HEALTH_DEFAULTS,
  UPSTREAM_DEFAULTS,
} from "../../src/upstream/settings.ts";

const sample = fc.record({
  latencyMs: fc.integer({ min: 0, max: 100_000 }),
  inFlight: fc.integer({ min: 1, max: 300 }),
  dropped: fc.boolean(),
});
const learn = (samples: readonly LatencySample[], max: number) =>
  samples.reduce(
    (state, next) => learnLimit(state, next, ADAPTIVE_DEFAULTS, max),
    initialLimit(ADAPTIVE_DEFAULTS),
  );

test("an adaptive limit stays between its bounds, whatever it learns", () => {
  fc.assert(
    fc.property(fc.array(sample), fc.integer({ min: 1, max: 200 }), (samples, max) => {
      const { limit } = learn(samples, max);
      expect(limit).toBeGreaterThanOrEqual(1);
      expect(limit).toBeLessThanOrEqual(max);
    }),
  );
});

test("under load with steady latency the limit climbs to its maximum", () => {
  const steady = Array.from({ length: 200 }, () => ({
    latencyMs: 50,
    inFlight: 100,
    dropped: false,
  }));
  expect(learn(steady, 64).limit).toBe(64);
});

test("an upstream that is hardly used earns no more", () => {
  const before = learn([{ latencyMs: 50, inFlight: 1, dropped: false }], 64);
  const idle = { ...before, limit: 20 };
  const after = learnLimit(
    idle,
    { latencyMs: 50, inFlight: 2, dropped: false },
    ADAPTIVE_DEFAULTS,
    64,
  );
  expect(after.limit).toBe(20);
});

test("a longer latency never grants more than a shorter one", () => {
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), sample, fc.nat(10_000), (past, next, more) => {
      const state = learn(past, 64);
      const shorter = { ...next, latencyMs: Math.max(next.latencyMs, state.floorMs ?? 0) };
      const longer = { ...shorter, latencyMs: shorter.latencyMs + more };
      const slack = 1e-9;
      expect(learnLimit(state, longer, ADAPTIVE_DEFAULTS, 64).limit).toBeLessThanOrEqual(
        learnLimit(state, shorter, ADAPTIVE_DEFAULTS, 64).limit + slack,
      );
    }),
  );
});

test("when latency grows tenfold the limit falls, and what is dropped lowers it at once", () => {
  const fine = learn(
    Array.from({ length: 200 }, () => ({ latencyMs: 50, inFlight: 100, dropped: false })),
    64,
  );
  let state = fine;
  for (let n = 0; n < 60; n += 1)
    state = learnLimit(
      state,
      { latencyMs: 500, inFlight: 60, dropped: false },
      ADAPTIVE_DEFAULTS,
      64,
    );
  expect(state.limit).toBeLessThan(16);
  const dropped = learnLimit(
    fine,
    { latencyMs: 1, inFlight: 60, dropped: true },
    ADAPTIVE_DEFAULTS,
    64,
  );
  expect(dropped.limit).toBeCloseTo(57.6);
});

test("a window counts what a list of all calls would, to a slice", () => {
  const call = fc.record({
    afterMs: fc.integer({ min: 0, max: 400 }),
    failed: fc.boolean(),
    slow: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(call, { maxLength: 80 }), (calls) => {
      let [window, nowMs] = [NO_CALLS, 0];
      const all: { at: number; failed: boolean }[] = [];
      for (const { afterMs, failed, slow } of calls) {
        nowMs += afterMs;
        window = countCall(window, { failed, slow }, nowMs, 1_000);
        all.push({ at: nowMs, failed });
        expect(window.length).toBeLessThanOrEqual(11);
        const counts = countsOf(window, nowMs, 1_000);
        const within = (ms: number) => all.filter(({ at }) => at > nowMs - ms);
        expect(counts.calls).toBeGreaterThanOrEqual(within(900).length);
        expect(counts.calls).toBeLessThanOrEqual(within(1_000).length);
        expect(counts.failed).toBeLessThanOrEqual(counts.calls);
      }
    }),
  );
});

const counts = (calls: number, failed: number) => ({ calls, failed, slow: 0 });
const { ejection } = UPSTREAM_DEFAULTS;

test("a server that fails much more than its peers is ejected", () => {
  const peers = { own: counts(20, 10), others: [counts(20, 0)], ejected: 0, minCalls: 20 };
  expect(shouldEject(peers, ejection)).toBe(true);
  expect(shouldEject({ ...peers, others: [counts(20, 3)] }, ejection)).toBe(false);
});

test("none is ejected when all fail alike, when little is known, or when half is out already", () => {
  const peers = { own: counts(20, 20), others: [counts(20, 20)], ejected: 0, minCalls: 20 };
  expect(shouldEject(peers, ejection)).toBe(false);
  const bad = { ...peers, others: [counts(20, 0)] };
  expect(shouldEject({ ...bad, own: counts(19, 19) }, ejection)).toBe(false);
  expect(shouldEject({ ...bad, ejected: 1 }, ejection)).toBe(false);
  expect(shouldEject(bad, { ...ejection, marginPercent: 100 })).toBe(false);
});

test("health changes after so many answers in a row that contradict it", () => {
  const settings = { ...HEALTH_DEFAULTS, path: "/health", healthyAfter: 2, unhealthyAfter: 3 };
  const walk = (answers: readonly boolean[]) =>
    answers.reduce((health, well) => checked(health, well, settings), WELL).well;
  expect(walk([false, false, true, false, false])).toBe(true);
  expect(walk([false, false, false])).toBe(false);
  expect(walk([false, false, false, true, false, true])).toBe(false);
  expect(walk([false, false, false, true, true])).toBe(true);
});

test("checks are spread around their interval", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      const delay = checkDelayMs({ intervalMs: 1_000, jitterPercent: 20 }, random);
      expect(delay).toBeGreaterThanOrEqual(800);
      expect(delay).toBeLessThanOrEqual(1_200);
    }),
  );
});

test("the caller's timeout is the shortest number of seconds it names", () => {
  expect(clientTimeoutMs([["Timeout", "12.5"]])).toBe(12_500);
  expect(
    clientTimeoutMs([
      ["timeout", "60"],
      ["X-Client-Timeout", "3"],
    ]),
  ).toBe(3_000);
  for (const value of ["", "-1", "1e9", "Second-4", "0x10", "99999999"])
    expect(clientTimeoutMs([["timeout", value]])).toBeNull();
});

test("a server is a URL with an optional path, or a unix socket; nothing that could hold a secret", () => {
  expect(readServerUrl("http://gpu:8091/v1/")).toMatchObject({
    origin: "http://gpu:8091",
    pathPrefix: "/v1",
    socketPath: null,
  });
  expect(readServerUrl("unix:/run/vllm.sock")).toMatchObject({ socketPath: "/run/vllm.sock" });
  for (const url of ["gpu:8091", "ftp://gpu", "http://user:pw@gpu", "http://gpu/?key=1", ""])
    expect(() => readServerUrl(url)).toThrow(
      expect.objectContaining({ code: "UPSTREAM_URL_INVALID" }),
    );
  expect(() => readServerUrl("ftp://user:hunter2@gpu")).not.toThrow(/hunter2/);
});
