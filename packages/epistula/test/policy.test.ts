import { type AuthPolicyOptions, BTAUTH_WINDOW, EPISTULA_WINDOW } from "@neurond/epistula";
import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forgetful, policyOf } from "./context.ts";

function refusal(options: Partial<AuthPolicyOptions>) {
  try {
    policyOf(options);
  } catch (error) {
    if (isCoded(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return undefined;
}

const kept = (retentionMs: number) => ({ replay: { ...forgetful, retentionMs } });

test("a store must keep nonces through the longest window and the slowest body", () => {
  expect(refusal(kept(42_000))).toBeUndefined();
  expect(refusal(kept(41_999))).toEqual({
    code: "REPLAY_RETENTION_SHORT",
    message:
      "nonces are kept 41999 ms, but a copy can arrive 42000 ms after the first: keep them at least so long",
  });
});

test("whatever the windows, retention is enough exactly from age, skew and deadline on", () => {
  const duration = fc.nat(100_000);
  const window = fc.record({ maxAgeMs: duration, maxSkewMs: duration });
  fc.assert(
    fc.property(
      window,
      window,
      duration,
      duration,
      (epistulaWindow, btauthWindow, finishWithinMs, retentionMs) => {
        const spans = [epistulaWindow, btauthWindow, { maxAgeMs: 5000, maxSkewMs: 2000 }].map(
          ({ maxAgeMs, maxSkewMs }) => maxAgeMs + maxSkewMs + finishWithinMs,
        );
        const enough = spans.every((span) => retentionMs >= span);
        const options = { epistulaWindow, btauthWindow, finishWithinMs, ...kept(retentionMs) };
        expect(refusal(options)?.code).toBe(enough ? undefined : "REPLAY_RETENTION_SHORT");
      },
    ),
  );
});

test.each<{ what: string; options: Partial<AuthPolicyOptions> }>([
  { what: "no receiver", options: { receivers: [] } },
  { what: "no scheme", options: { schemes: [] } },
  { what: "a negative skew", options: { btauthWindow: { ...BTAUTH_WINDOW, maxSkewMs: -1 } } },
  {
    what: "an endless window",
    options: { epistulaWindow: { ...EPISTULA_WINDOW, maxAgeMs: Infinity } },
  },
  { what: "a fraction of a millisecond", options: { finishWithinMs: 0.5 } },
  { what: "no number as a body limit", options: { maxBodyBytes: Number.NaN } },
  { what: "a negative header limit", options: { maxHeaderBytes: -1 } },
])("a policy with $what is refused", ({ options }) => {
  expect(refusal(options)?.code).toBe("POLICY_INVALID");
});

test("the defaults are the strict ones", () => {
  const policy = policyOf();
  expect(policy).toMatchObject({
    schemes: ["btauth", "epistula"],
    requireReceiver: true,
    epistulaWindow: { maxAgeMs: 8000, maxSkewMs: 2000 },
    btauthWindow: { maxAgeMs: 10_000, maxSkewMs: 2000 },
    acceptV1: false,
    lenientHex: false,
    acceptWrappedBytes: false,
    binding: "checked",
  });
});
