import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Puzzles } from "../src/policies/puzzles.ts";

const NOW = 1_763_650_000_000;
const IP = "203.0.113.7";
const bits = 8;
const puzzles = () => new Puzzles({ bits, key: randomBytes(32) });

/** As a client does it, from what it is told. */
function solve(header: string): string {
  const [challenge = "", told = ""] = header.split("; bits=");
  for (let nonce = 0; ; nonce += 1) {
    const solution = `${challenge}:${nonce}`;
    const digest = createHash("sha256").update(solution).digest("hex");
    const value = BigInt(`0x${digest}`) >> BigInt(256 - Number(told));
    if (value === 0n) return solution;
  }
}

describe("a puzzle", () => {
  test("that is solved buys one request", () => {
    const some = puzzles();
    const solution = solve(some.header(IP, NOW));
    expect(some.isSolved(IP, solution, NOW + 1)).toBe(true);
    expect(some.isSolved(IP, solution, NOW + 2)).toBe(false);
    expect(some.isSolved(IP, solve(some.header(IP, NOW + 3)), NOW + 4)).toBe(true);
  });

  test("is of one address, one process and one minute", () => {
    const some = puzzles();
    const solution = solve(some.header(IP, NOW));
    expect(some.isSolved("203.0.113.8", solution, NOW)).toBe(false);
    expect(puzzles().isSolved(IP, solution, NOW)).toBe(false);
    expect(some.isSolved(IP, solution, NOW + 60_000)).toBe(false);
    // One that was made for later would be good for longer.
    expect(some.isSolved(IP, solve(some.header(IP, NOW + 1_000)), NOW)).toBe(false);
    expect(some.isSolved(IP, solution, NOW + 59_999)).toBe(true);
  });

  test("is not solved by what is no solution", () => {
    const some = puzzles();
    const [challenge = ""] = some.header(IP, NOW).split(";");
    const wrong = Array.from({ length: 300 }, (_, nonce) => `${challenge}:${nonce}`).filter(
      (text) => createHash("sha256").update(text).digest()[0] !== 0,
    );
    const texts = [undefined, "", challenge, `${challenge}:`, `zz.${"0".repeat(64)}:1`, ...wrong];
    expect(texts.filter((text) => some.isSolved(IP, text, NOW))).toEqual([]);
  });
});
