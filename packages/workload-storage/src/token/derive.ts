import {
  deriveKey,
  deriveKey512,
  framedHash512,
  pedersenSuite,
  reduceToScalar,
  u8,
  u32,
  u64,
} from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import type { Entry } from "../entry.ts";
import type { TokenAlg } from "./answer.ts";

/** Which of a shard's tokens. */
export interface TokenName {
  readonly alg: TokenAlg;
  /** From 1, per algorithm. */
  readonly number: number;
}

/** The key of all tokens of a shard. Root and size are in it, so other bytes have other tokens. */
export function tokenKey(master: Uint8Array, { shardId, root, size }: Entry): Uint8Array {
  return deriveKey(master, "token/shard", shardId, root, u64(size));
}

/** The seed a token is asked with, which nobody knows before. */
export function tokenSeed(key: Uint8Array, token: TokenName): Uint8Array {
  return deriveKey(key, "token/seed", encodeName(token));
}

/** The blind of a token's commitment; secret until the verdict, as it hides the answer. */
export function tokenBlind(key: Uint8Array, token: TokenName): bigint {
  return reduceToScalar(
    deriveKey512(key, "token/blind", encodeName(token)),
    pedersenSuite(1).order,
  );
}

/** The scalar that stands for an answer in commitments. */
export function answerScalar(alg: TokenAlg, answer: Uint8Array): bigint {
  return reduceToScalar(framedHash512("token/scalar", u8(alg), answer), pedersenSuite(1).order);
}

function encodeName({ alg, number }: TokenName): Uint8Array {
  return concatBytes(u8(alg), u32(number));
}
