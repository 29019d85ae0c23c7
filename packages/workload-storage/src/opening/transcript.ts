import {
  encodeScalar,
  framedHash,
  framedHash512,
  type GroupPoint,
  reduceToScalar,
  u8,
  u32,
} from "@neurond/crypto";
import type { OpeningStatement } from "./statement.ts";

/**
 * What prover and verifier hash alike, step by step. Every message enters under its own label
 * before the challenge that depends on it is taken (Fiat-Shamir).
 */
export class OpeningTranscript {
  readonly #statement: OpeningStatement;
  #state: Uint8Array;
  #round = 0;

  constructor(statement: OpeningStatement) {
    this.#statement = statement;
    this.#state = statement.digest;
  }

  /** Takes the mask A and gives e. */
  mask(mask: GroupPoint): bigint {
    this.#state = framedHash("open/a", this.#state, this.#statement.sum.encode(), mask.encode());
    return this.#challenge("open/e");
  }

  /** Takes the answer of the blinds. */
  blind(zeta: bigint): void {
    this.#state = framedHash("open/zeta", this.#state, encodeScalar(zeta));
  }

  /** Takes the cross products of a round and gives its x. */
  round(left: GroupPoint, right: GroupPoint): bigint {
    this.#round += 1;
    this.#state = framedHash(
      "open/round",
      this.#state,
      u8(this.#round),
      left.encode(),
      right.encode(),
    );
    return this.#challenge("open/x");
  }

  /** A scalar other than zero, which would void the step that it weighs. */
  #challenge(label: string): bigint {
    for (let attempt = 0; ; attempt += 1) {
      const digest = framedHash512(label, this.#state, u32(attempt));
      const scalar = reduceToScalar(digest, this.#statement.suite.order);
      if (scalar !== 0n) return scalar;
    }
  }
}
