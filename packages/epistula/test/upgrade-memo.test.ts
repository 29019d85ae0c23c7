import { RequestSigner, upgradeMemo } from "@neurond/epistula";
import { hotkeyOf } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";
import { ALICE, alice, BOB, CHARLIE, enter, NOW, policyOf, request, toSign } from "./context.ts";

const MOVED = { hotkey: ALICE, scheme: "btauth/1" } as const;

test("a sender let in with btauth is refused without it, until the time is over", async () => {
  let now = 0;
  const memo = upgradeMemo({ forMs: 1_000, now: () => now });
  const policy = policyOf({ hasUpgraded: memo.hasUpgraded });
  let uuid = 0;
  const send = async (scheme: "btauth" | "epistula") => {
    uuid += 1;
    const toBe = {
      ...toSign(new Uint8Array(0), NOW),
      nonce: BigInt(NOW) * 1_000_000n + BigInt(uuid),
    };
    const outcome = await enter(
      request(new RequestSigner({ key: alice, schemes: [scheme] }).sign(toBe)),
      policy,
    );
    if (outcome.kind === "refused") return outcome.code;
    memo.note(outcome.principal);
    return "admitted";
  };
  expect(await send("epistula")).toBe("admitted");
  expect(await send("btauth")).toBe("admitted");
  now = 999;
  expect(await send("epistula")).toBe("SCHEME_NOT_ALLOWED");
  now = 1_000;
  expect(await send("epistula")).toBe("admitted");
});

test("weaker schemes upgrade nobody", () => {
  const memo = upgradeMemo({ forMs: 1_000, now: () => 0 });
  memo.note({ hotkey: ALICE, scheme: "epistula/2" });
  expect(memo.hasUpgraded(ALICE)).toBe(false);
});

test("of too many senders the one heard of least lately is forgotten", () => {
  const memo = upgradeMemo({ forMs: 1_000, now: () => 0, maxHotkeys: 2 });
  for (const hotkey of [ALICE, BOB, ALICE, CHARLIE]) memo.note({ ...MOVED, hotkey });
  expect([ALICE, BOB, CHARLIE].map(memo.hasUpgraded)).toEqual([true, false, true]);
  for (let n = 0; n < 100; n += 1) {
    memo.note({ ...MOVED, hotkey: hotkeyOf(sha256(Uint8Array.of(n))) });
  }
  expect(memo.hasUpgraded(ALICE)).toBe(false);
});
