import { CodedError, isAbort, isCoded } from "@neurond/primitives";
import { describe, expect, test } from "vitest";

describe("a coded error", () => {
  const cause = new Error("socket closed");
  const error = new CodedError("CHAIN_DOWN", "cannot reach the chain", { port: 9944 }, { cause });

  test("carries its code, its details and its cause", () => {
    expect(error).toMatchObject({ code: "CHAIN_DOWN", context: { port: 9944 }, cause });
    expect(String(error)).toBe("CodedError: cannot reach the chain");
  });

  test("is told apart by its code", () => {
    expect(isCoded(error)).toBe(true);
    expect(isCoded(error, "SLOW", "CHAIN_DOWN")).toBe(true);
    expect(isCoded(error, "SLOW")).toBe(false);
    expect(isCoded(cause)).toBe(false);
    expect(isCoded("CHAIN_DOWN", "CHAIN_DOWN")).toBe(false);
  });

  test("has no cause unless one is given", () => {
    expect("cause" in new CodedError("X", "x")).toBe(false);
  });
});

describe("isAbort", () => {
  test("recognises an aborted signal", () => {
    expect(isAbort(AbortSignal.abort().reason)).toBe(true);
  });

  test("does not take a deadline, another error or a plain object for an abort", () => {
    expect(isAbort(new DOMException("late", "TimeoutError"))).toBe(false);
    expect(isAbort(new Error("AbortError"))).toBe(false);
    expect(isAbort({ name: "AbortError" })).toBe(false);
  });
});
