import { type Hotkey, hotkeyOf, toRao } from "@neurond/primitives";
import {
  API_ACCESS,
  type ApiRequest,
  decideMinerAccess,
  MINER_ACCESS,
  priorityOf,
  refuseApiAccess,
} from "@neurond/storage-rules";
import { describe, expect, test } from "vitest";

const key = (byte: number): Hotkey => hotkeyOf(new Uint8Array(32).fill(byte));
const [alice, bob, carol] = [key(1), key(2), key(3)];
const neuron = { validatorPermit: true, totalStake: toRao(10n) };
const fresh = { times: [], nowMs: 1_000_000 };

function refusal(caller: Parameters<typeof decideMinerAccess>[0], change = {}, now = fresh) {
  const decision = decideMinerAccess(caller, now, { ...MINER_ACCESS, ...change });
  return decision.kind === "refused" ? decision.reason : null;
}

describe("a miner", () => {
  test("serves who is registered, and nobody else unless told to", () => {
    expect(refusal({ hotkey: alice, neuron })).toBeNull();
    expect(refusal({ hotkey: alice })).toBe("NOT_REGISTERED");
    expect(refusal({ hotkey: alice }, { allowNonRegistered: true })).toBeNull();
  });

  test("hears the blacklist before the whitelist, and the whitelist before everything else", () => {
    const both = { blacklist: new Set([alice]), whitelist: new Set([alice, bob]) };
    expect(refusal({ hotkey: alice, neuron }, both)).toBe("BLACKLISTED");
    const strict = { ...both, forceValidatorPermit: true, maxRequests: 0 };
    expect(refusal({ hotkey: bob }, strict)).toBeNull();
  });

  test("asks for a permit, then for stake, of strangers too", () => {
    const permit = { forceValidatorPermit: true };
    expect(refusal({ hotkey: alice, neuron: { ...neuron, validatorPermit: false } }, permit)).toBe(
      "NO_VALIDATOR_PERMIT",
    );
    const stake = { minimumStake: toRao(10n), allowNonRegistered: true };
    expect(refusal({ hotkey: alice, neuron }, stake)).toBeNull();
    expect(refusal({ hotkey: alice, neuron: { ...neuron, totalStake: toRao(9n) } }, stake)).toBe(
      "STAKE_TOO_LOW",
    );
    expect(refusal({ hotkey: alice }, stake)).toBe("STAKE_TOO_LOW");
  });

  test("takes 50 requests in five minutes, says when the next may come, and forgets refused ones", () => {
    let times: readonly number[] = [];
    const ask = (nowMs: number) => {
      const decision = decideMinerAccess({ hotkey: alice, neuron }, { times, nowMs });
      if (decision.kind === "allowed") times = decision.times;
      return decision;
    };
    for (let at = 0; at < 50; at += 1) expect(ask(at).kind).toBe("allowed");
    const refused = { kind: "refused", reason: "TOO_MANY_REQUESTS", retryAfterMs: 299_900 };
    expect(ask(100)).toEqual(refused);
    expect(ask(100)).toEqual(refused);
    expect(ask(299_999).kind).toBe("refused");
    expect(ask(300_000).kind).toBe("allowed");
    expect(ask(300_000).kind).toBe("refused");
    expect(ask(300_001).kind).toBe("allowed");
  });
});

test("a waiting request counts twice its stake after ten minutes, and thrice after twenty", () => {
  const stake = toRao(1_000_000_000n);
  expect([0, 300_000, 600_000, 1_200_000].map((ms) => priorityOf(stake, ms))).toEqual([
    1_000_000_000n,
    1_500_000_000n,
    2_000_000_000n,
    3_000_000_000n,
  ]);
  const rules = { fallback: toRao(7n), doublingMinutes: 10 };
  expect(priorityOf(undefined, 600_000, rules)).toBe(7n);
});

describe("an API node", () => {
  const store: ApiRequest = { operation: "store" };
  const about = (operation: "retrieve" | "delete"): ApiRequest => {
    return { operation, owner: alice, grantees: new Set([bob]) };
  };
  const open = { ...API_ACCESS, openAccess: true };

  test("refuses everybody while nobody is on its list", () => {
    expect(refuseApiAccess(alice, store)).toBe("NOT_WHITELISTED");
    expect(refuseApiAccess(alice, about("retrieve"))).toBe("NOT_WHITELISTED");
    const listed = { ...API_ACCESS, whitelist: new Set([alice]) };
    expect(refuseApiAccess(alice, store, listed)).toBeNull();
    expect(refuseApiAccess(bob, store, listed)).toBe("NOT_WHITELISTED");
  });

  test("refuses who is blacklisted even where access is open", () => {
    const rules = { ...open, blacklist: new Set([bob]), whitelist: new Set([bob]) };
    expect(refuseApiAccess(bob, store, rules)).toBe("BLACKLISTED");
    expect(refuseApiAccess(carol, store, rules)).toBeNull();
  });

  test("gives a file to its owner and whom it shares with, and lets only the owner delete it", () => {
    const who = [alice, bob, carol];
    expect(who.map((one) => refuseApiAccess(one, about("retrieve"), open))).toEqual([
      null,
      null,
      "NOT_OWNER",
    ]);
    expect(who.map((one) => refuseApiAccess(one, about("delete"), open))).toEqual([
      null,
      "NOT_OWNER",
      "NOT_OWNER",
    ]);
  });
});
