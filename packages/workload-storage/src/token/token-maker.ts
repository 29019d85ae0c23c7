import { commitScalar, merkleRoot, pedersenSuite } from "@neurond/crypto";
import { CodedError } from "@neurond/primitives";
import type { Entry } from "../entry.ts";
import type { StorageCode } from "../errors.ts";
import type { AnswerState, StartAnswer } from "./answer.ts";
import { answerScalar, type TokenName, tokenBlind, tokenKey, tokenSeed } from "./derive.ts";
import { encodeTokenLeaf, seedCommitOf, TOKEN_HASHER } from "./leaf.ts";

/** A token as its validator keeps it: seed and blind follow from the master secret again. */
export interface MadeToken {
  readonly name: TokenName;
  readonly leaf: Uint8Array;
  /** Secret until the verdict. */
  readonly answer: Uint8Array;
}

/** All tokens of a shard, and the root that both sides sign in the receipt. */
export interface MadeTokens {
  readonly tokens: readonly MadeToken[];
  readonly root: Uint8Array;
}

/** What tokens are made of. */
export interface TokenPlan {
  /** 32 bytes that only the validator has. */
  readonly master: Uint8Array;
  readonly entry: Entry;
  /** In the order of their leaves; at least one. */
  readonly names: readonly TokenName[];
}

/** Tokens `1` to `count` of one algorithm. */
export function tokensNumbered(alg: TokenName["alg"], count: number): readonly TokenName[] {
  return Array.from({ length: count }, (_, at) => ({ alg, number: at + 1 }));
}

/**
 * Makes all tokens of a shard in one pass over its bytes: answers do not depend on each other. The
 * entry's root is known before, from when the shard was sealed.
 */
export class TokenMaker {
  readonly #plan: TokenPlan;
  readonly #key: Uint8Array;
  readonly #states: readonly AnswerState[];
  #taken = 0;

  constructor(plan: TokenPlan, start: StartAnswer) {
    if (plan.names.length === 0)
      throw new CodedError<StorageCode>("PLAN_INVALID", "no token is asked for");
    this.#plan = plan;
    this.#key = tokenKey(plan.master, plan.entry);
    this.#states = plan.names.map((name) =>
      start({ alg: name.alg, seed: tokenSeed(this.#key, name), size: plan.entry.size }),
    );
  }

  /** Takes the next bytes of the sealed shard. */
  update(bytes: Uint8Array): void {
    this.#taken += bytes.length;
    for (const state of this.#states) state.update(bytes);
  }

  /** @throws CodedError SIZE_MISMATCH when not all bytes, or more, were taken */
  finish(): MadeTokens {
    return this.#made([...this.#tokens()]);
  }

  /**
   * The same with a pause after each token, whose commitment takes milliseconds.
   * @throws CodedError SIZE_MISMATCH when not all bytes, or more, were taken
   */
  async finishSlowly(breathe: () => Promise<void>): Promise<MadeTokens> {
    const tokens: MadeToken[] = [];
    for (const token of this.#tokens()) {
      tokens.push(token);
      await breathe();
    }
    return this.#made(tokens);
  }

  *#tokens(): Generator<MadeToken> {
    const { entry, names } = this.#plan;
    if (this.#taken !== entry.size) {
      throw new CodedError<StorageCode>(
        "SIZE_MISMATCH",
        `tokens of a shard of ${entry.size} bytes were made over ${this.#taken}`,
      );
    }
    for (const [at, name] of names.entries()) {
      const answer = this.#states[at]?.finish() ?? new Uint8Array();
      yield { name, answer, leaf: this.#leafOf(name, answer) };
    }
    this.#key.fill(0);
  }

  #made(tokens: readonly MadeToken[]): MadeTokens {
    const leaves = tokens.map(({ leaf }) => TOKEN_HASHER.leaf(leaf));
    return { tokens, root: merkleRoot(TOKEN_HASHER, leaves) };
  }

  #leafOf(name: TokenName, answer: Uint8Array): Uint8Array {
    const suite = pedersenSuite(1);
    const blind = tokenBlind(this.#key, name);
    return encodeTokenLeaf({
      ...name,
      seedCommit: seedCommitOf(tokenSeed(this.#key, name)),
      commitment: commitScalar(suite, answerScalar(name.alg, answer), blind).encode(),
    });
  }
}
