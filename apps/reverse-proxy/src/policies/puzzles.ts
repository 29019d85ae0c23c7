import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Deny, Policy } from "../policy.ts";
import { addressKey } from "./address-key.ts";
import { headerOf } from "./header-of.ts";

const GOOD_FOR_MS = 60_000;
const MAX_SPENT = 100_000;
/** Of a solution: a challenge, a colon, and what makes the hash begin with zeros. */
const SOLUTION = /^([0-9a-z]{1,12}\.([0-9a-f]{64})):[\x21-\x7e]{1,64}$/;

export interface PuzzlesOptions {
  /** Zero bits that SHA-256 of a solution begins with: each doubles the work. */
  readonly bits: number;
  /** Random, and the same for all that may check each other's puzzles. */
  readonly key: Buffer;
}

/**
 * Work that an address may do instead of waiting its time out: cheap to ask and to check, dear to do
 * often. A challenge is of its address, good for a minute, and buys one request. Nothing is kept of it
 * until it is solved.
 */
export class Puzzles {
  readonly #options: PuzzlesOptions;
  /** Solved, in the order of their ends. */
  readonly #spent = new Map<string, number>();

  constructor(options: PuzzlesOptions) {
    this.#options = options;
  }

  /** What is told to who has to wait: `X-Puzzle-Solution` is `challenge:nonce`. */
  header(ip: string, now: number): string {
    return `${this.#challenge(ip, now + GOOD_FOR_MS)}; bits=${this.#options.bits}`;
  }

  /** Whether a solution is right, of this address, in time, and new. */
  isSolved(ip: string, solution: string | undefined, now: number): boolean {
    const [, challenge, mac] = SOLUTION.exec(solution ?? "") ?? [];
    if (solution === undefined || challenge === undefined || mac === undefined) return false;
    const until = Number.parseInt(challenge, 36);
    if (until <= now || until > now + GOOD_FOR_MS) return false;
    const expected = this.#challenge(ip, until).slice(-mac.length);
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return false;
    if (!startsWithZeros(createHash("sha256").update(solution).digest(), this.#options.bits))
      return false;
    return this.#spend(challenge, until, now);
  }

  #challenge(ip: string, until: number): string {
    const stamp = until.toString(36);
    const text = `${stamp} ${addressKey(ip)}`;
    return `${stamp}.${createHmac("sha256", this.#options.key).update(text).digest("hex")}`;
  }

  #spend(challenge: string, until: number, now: number): boolean {
    for (const [spent, end] of this.#spent) {
      if (end > now && this.#spent.size < MAX_SPENT) break;
      this.#spent.delete(spent);
    }
    if (this.#spent.has(challenge)) return false;
    this.#spent.set(challenge, until);
    return true;
  }
}

function startsWithZeros(digest: Buffer, bits: number): boolean {
  for (let bit = 0; bit < bits; bit += 1) {
    if (((digest[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) return false;
  }
  return true;
}

/** A policy that makes callers wait, with a puzzle as the other way in. */
export function orPuzzle(policy: Policy, puzzles: Puzzles): Policy {
  const { name, judge } = policy;
  return {
    name,
    judge: (exchange) => {
      const { ip, receivedAt, head } = exchange;
      const relent = (deny: Deny | undefined): Deny | undefined => {
        if (deny === undefined) return undefined;
        const solution = headerOf(head.headers, "x-puzzle-solution");
        if (puzzles.isSolved(ip, solution, receivedAt)) return undefined;
        return {
          ...deny,
          headers: { ...deny.headers, "X-Puzzle": puzzles.header(ip, receivedAt) },
        };
      };
      const verdict = judge(exchange);
      return verdict instanceof Promise ? verdict.then(relent) : relent(verdict);
    },
  };
}
