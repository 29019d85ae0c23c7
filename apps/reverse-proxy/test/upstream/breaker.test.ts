import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Breaker,
  beginCall,
  type CallOutcome,
  CLOSED,
  endCall,
  mayCall,
} from "../../src/upstream/breaker.ts";
import { UPSTREAM_DEFAULTS } from "../../src/upstream/settings.ts";

const settings = {
  ...UPSTREAM_DEFAULTS.breaker,
  consecutiveFailures: 3,
  windowMs: 1_000,
  minCalls: 10,
  errorPercent: 50,
  slowPercent: 50,
  openMs: 100,
  maxOpenMs: 400,
  probes: 2,
};
const OK = { failed: false, slow: false };
const FAILED = { failed: true, slow: false };
const SLOW = { failed: false, slow: true };

/** One call after the other, each let in and ended at `nowMs`. */
function calls(breaker: Breaker, outcomes: readonly CallOutcome[], nowMs = 0): Breaker {
  return outcomes.reduce((state, outcome) => {
    const begun = beginCall(state, nowMs, settings);
    return endCall(begun, begun.era, outcome, nowMs, settings);
  }, breaker);
}

test("so many failures in a row open it, and no call gets through until its time is over", () => {
  expect(calls(CLOSED, [FAILED, FAILED, OK, FAILED, FAILED]).kind).toBe("closed");
  const open = calls(CLOSED, [FAILED, FAILED, FAILED]);
  expect(open).toMatchObject({ kind: "open", untilMs: 100 });
  expect([mayCall(open, 99), mayCall(open, 100)]).toEqual([false, true]);
});

test("half of the calls failing opens it, once there are enough to judge by", () => {
  const alternating = Array.from({ length: 9 }, (_, index) => (index % 2 ? FAILED : OK));
  expect(calls(CLOSED, alternating).kind).toBe("closed");
  expect(calls(CLOSED, [...alternating, FAILED]).kind).toBe("open");
});

test("slow answers open it as errors do", () => {
  const half = [...Array<CallOutcome>(5).fill(OK), ...Array<CallOutcome>(4).fill(SLOW)];
  expect(calls(CLOSED, half).kind).toBe("closed");
  expect(calls(CLOSED, [...half, SLOW]).kind).toBe("open");
});

test("failures of long ago are forgotten", () => {
  const nine = calls(CLOSED, [...Array<CallOutcome>(5).fill(OK), FAILED, FAILED, OK, FAILED]);
  expect(calls(nine, [FAILED], 2_000).kind).toBe("closed");
});

test("half-open, only so many probes begin, and all of them must succeed to close it", () => {
  const open = calls(CLOSED, [FAILED, FAILED, FAILED]);
  const one = beginCall(open, 100, settings);
  const two = beginCall(one, 100, settings);
  expect([one.kind, mayCall(one, 100), mayCall(two, 100)]).toEqual(["half-open", true, false]);
  const half = endCall(two, two.era, OK, 110, settings);
  expect([half.kind, mayCall(half, 110)]).toEqual(["half-open", false]);
  expect(endCall(half, two.era, OK, 120, settings).kind).toBe("closed");
  expect(endCall(half, two.era, FAILED, 120, settings).kind).toBe("open");
});

test("a probe that says nothing gives its place to another", () => {
  const open = calls(CLOSED, [FAILED, FAILED, FAILED]);
  const probing = beginCall(beginCall(open, 100, settings), 100, settings);
  expect(mayCall(endCall(probing, probing.era, "void", 110, settings), 110)).toBe(true);
});

test("each opening without a closing between lasts twice as long, up to a bound", () => {
  let breaker = calls(CLOSED, [FAILED, FAILED, FAILED]);
  const lengths: number[] = [];
  for (let nowMs = 0; lengths.length < 5; ) {
    if (breaker.kind !== "open") throw new Error("not open");
    lengths.push(breaker.untilMs - nowMs);
    nowMs = breaker.untilMs;
    breaker = calls(breaker, [FAILED], nowMs);
  }
  expect(lengths).toEqual([100, 200, 400, 400, 400]);
});

test("a call that began before it opened decides nothing afterwards", () => {
  const early = beginCall(CLOSED, 0, settings);
  const open = calls(early, [FAILED, FAILED, FAILED]);
  expect(endCall(open, early.era, OK, 50, settings)).toBe(open);
  const probing = beginCall(open, 100, settings);
  expect(endCall(probing, early.era, FAILED, 110, settings)).toBe(probing);
});

test("whatever happens: never more probes at once than allowed, and no call while it is open", () => {
  const outcome = fc.constantFrom<CallOutcome>(OK, FAILED, SLOW, "void");
  const step = fc.oneof(
    fc.record({ kind: fc.constant("begin" as const) }),
    fc.record({ kind: fc.constant("end" as const), which: fc.nat(20), outcome }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 300 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let [breaker, nowMs] = [CLOSED, 0];
      const running: number[] = [];
      for (const action of steps) {
        if (action.kind === "wait") nowMs += action.ms;
        if (action.kind === "begin" && mayCall(breaker, nowMs)) {
          breaker = beginCall(breaker, nowMs, settings);
          expect(breaker.kind).not.toBe("open");
          running.push(breaker.era);
        }
        if (action.kind === "end" && running.length > 0) {
          const [era = 0] = running.splice(action.which % running.length, 1);
          breaker = endCall(breaker, era, action.outcome, nowMs, settings);
        }
        const { era, kind } = breaker;
        if (kind !== "half-open") continue;
        const probing = running.filter((other) => other === era).length;
        expect(probing + breaker.free + breaker.succeeded).toBe(settings.probes);
      }
    }),
  );
});
