import {
  drandKeyFromSeed,
  QUICKNET,
  roundIdentity,
  roundRandomness,
  signRound,
  verifyRound,
} from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/timelock.json" with { type: "json" };

/** x = 4 is on y² = x³ + 4, as most small x are, and not of prime order. */
const SMALL_X = 4;
const signature = fromHex(vectors.signature);

describe("quicknet", () => {
  test("signed round 1000 with the key the chain knows", () => {
    expect(verifyRound(QUICKNET.publicKey, 1000, signature)).toBe(true);
    expect(verifyRound(QUICKNET.publicKey, 1001, signature)).toBe(false);
  });

  test("signs the hash of the round's number", () => {
    expect(toHex(roundIdentity(1000))).toBe(vectors.identity);
    expect(roundIdentity(1000n)).toEqual(roundIdentity(1000));
  });

  test("takes its randomness from the signature", () => {
    expect(roundRandomness(signature)).toEqual(sha256(signature));
  });
});

describe("a local drand key", () => {
  const key = drandKeyFromSeed(Uint8Array.of(1, 2, 3));

  test("is the same for the same seed and another for another", () => {
    expect(drandKeyFromSeed(Uint8Array.of(1, 2, 3))).toEqual(key);
    expect(drandKeyFromSeed(Uint8Array.of(1, 2, 4)).publicKey).not.toEqual(key.publicKey);
    expect([key.secret.length, key.publicKey.length]).toEqual([32, 96]);
  });

  test("signs pulses that verify under it and not under quicknet", () => {
    const pulse = signRound(key.secret, 42);
    expect(pulse).toHaveLength(48);
    expect(verifyRound(key.publicKey, 42, pulse)).toBe(true);
    expect(verifyRound(key.publicKey, 43, pulse)).toBe(false);
    expect(verifyRound(QUICKNET.publicKey, 42, pulse)).toBe(false);
  });
});

test("a round is an integer from 1 to the largest u64", () => {
  for (const round of [0, -1, 0.5, Number.NaN, 2 ** 53, 2n ** 64n]) {
    expect(codeOf(() => roundIdentity(round))).toBe("VALUE_OUT_OF_RANGE");
  }
  expect(roundIdentity(2n ** 64n - 1n)).toEqual(sha256(new Uint8Array(8).fill(255)));
});

describe("a pulse that is malformed is false, not a throw:", () => {
  const infinity = Uint8Array.of(0xc0, ...new Uint8Array(47));
  test.each([
    ["too short", signature.slice(1)],
    ["too long", new Uint8Array(49)],
    ["zero", new Uint8Array(48)],
    ["infinity", infinity],
    ["on the curve but outside the group", Uint8Array.of(0x80, ...new Uint8Array(46), SMALL_X)],
    ["not on the curve", new Uint8Array(48).fill(0x9f)],
  ])("%s", (_, bytes) => {
    expect(verifyRound(QUICKNET.publicKey, 1000, bytes)).toBe(false);
  });

  test("or its key is", () => {
    expect(verifyRound(new Uint8Array(96), 1000, signature)).toBe(false);
    expect(verifyRound(QUICKNET.publicKey.slice(1), 1000, signature)).toBe(false);
  });
});
