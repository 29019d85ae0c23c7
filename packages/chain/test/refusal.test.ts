import { describe, expect, test } from "vitest";
import { refusedBy } from "../src/connection/rpc-error.ts";
import { CHAIN_ERRORS, chainError, retryOf } from "../src/errors.ts";
import { refusedByPool } from "../src/writes/refusal.ts";

const pool = (message: string, data?: string) =>
  refusedByPool(refusedBy("author_submitExtrinsic", { code: 1010, message, data }));

describe("what the pool says", () => {
  test.each([
    ["Custom error: 6", "RATE_LIMITED", "RateLimitExceeded"],
    ["Custom error: 12", "RATE_LIMITED", "ServingRateLimitExceeded"],
    ["Custom error: 10", "NOT_REGISTERED", "HotKeyNotRegisteredInNetwork"],
    ["Custom error: 15", "REVEAL_ROUND", "InvalidRevealRound"],
    ["Custom error: 255", "OTHER", "BadRequest"],
    ["Transaction is outdated", "NONCE_CONFLICT", "Stale"],
    ["Transaction has a bad signature", "SIGNATURE_INVALID", "BadProof"],
    ["Transaction has an ancient birth block", "EXTRINSIC_OUTDATED", "AncientBirthBlock"],
    ["Inability to pay some fees (e.g. account balance too low)", "BALANCE_TOO_LOW", "Payment"],
  ])("%s is %s", (data, code, name) => {
    expect(pool("Invalid Transaction", data)).toEqual({ code, name, where: "pool" });
  });

  test("a number that this client does not know keeps the node's words", () => {
    expect(pool("Invalid Transaction", "Custom error: 200")).toEqual({
      code: "OTHER",
      name: "Invalid Transaction Custom error: 200",
      where: "pool",
    });
  });

  test("a lost connection is not a refusal", () => {
    expect(refusedByPool(chainError("CONNECTION_LOST", "gone"))).toBeUndefined();
  });
});

describe("retrying", () => {
  test("is decided by the code alone", () => {
    expect(retryOf(chainError("CONNECTION_LOST", "x"))).toBe("elsewhere");
    expect(retryOf(chainError("DEADLINE_EXCEEDED", "x"))).toBe("later");
    expect(retryOf(chainError("SUBNET_NOT_FOUND", "x"))).toBe("never");
    expect(retryOf(new Error("x"))).toBe("never");
  });

  test("every code says its cause and its remedy", () => {
    for (const { cause, remedy } of Object.values(CHAIN_ERRORS)) {
      expect(cause.length).toBeGreaterThan(10);
      expect(remedy.length).toBeGreaterThan(3);
    }
  });
});
