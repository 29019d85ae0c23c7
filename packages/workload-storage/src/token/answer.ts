import { frame, u64 } from "@neurond/crypto";
import { gcm } from "@noble/ciphers/aes.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";

/** How whole shards are answered for: 1 by SHA-256, 2 by the tag of AES-256-GCM, 12 times faster. */
export type TokenAlg = 1 | 2;

/** What a token's answer is over. */
export interface TokenQuestion {
  readonly alg: TokenAlg;
  /** 32 bytes, secret until the challenge. */
  readonly seed: Uint8Array;
  /** Bytes of the sealed shard. */
  readonly size: number;
}

/** An answer in the making, fed with a shard's bytes in order. */
export interface AnswerState {
  update(bytes: Uint8Array): void;
  finish(): Uint8Array;
}

/** Begins an answer; the runtime's own ciphers and hashes do it at the speed of the machine. */
export type StartAnswer = (question: TokenQuestion) => AnswerState;

/** Bytes of an answer. */
export function tokenAnswerBytes(alg: TokenAlg): number {
  return alg === 1 ? 32 : 16;
}

/** The nonce of algorithm 2: each key makes one tag only, so it may be constant. */
export const TAG_NONCE: Uint8Array = new Uint8Array(12);

/**
 * What algorithm 1 hashes before the data. The seed comes first: were it last, a miner could keep
 * the state after the data and answer every seed without them.
 */
export function answerPrefix({ seed, size }: TokenQuestion): Uint8Array {
  return concatBytes(frame("token/answer"), seed, u64(size));
}

/** The answer over a shard in memory. */
export function tokenAnswer(question: TokenQuestion, sealed: Uint8Array): Uint8Array {
  return question.alg === 1
    ? sha256(concatBytes(answerPrefix(question), sealed))
    : gcm(question.seed, TAG_NONCE, sealed).encrypt(new Uint8Array());
}
