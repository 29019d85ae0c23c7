import {
  decodeScalar,
  framedHash,
  type GroupPoint,
  pedersenSuite,
  u32,
  verifyInclusion,
} from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { compareBytes } from "../entry.ts";
import type { TokenReason } from "../errors.ts";
import { numberFromBytes } from "../integers.ts";
import type { Tokens } from "../receipt.ts";
import { tokenAnswerBytes } from "./answer.ts";
import { answerScalar, type TokenName } from "./derive.ts";
import { decodeTokenLeaf, seedCommitOf, TOKEN_HASHER, type TokenLeaf } from "./leaf.ts";
import type { OpenedToken } from "./opened-token.ts";

/** What was asked, what the verdict opened, and what the miner signed. */
export interface TokenClaim {
  /** From the receipt. */
  readonly tokens: Tokens;
  readonly asked: TokenName;
  /** As the challenge named it. */
  readonly seedCommit: Uint8Array;
  readonly opened: OpenedToken;
  readonly answer: Uint8Array;
}

/**
 * What is wrong with a token as its validator opened it; null when it is the asked one and opens to
 * its answer. A fault here is the validator's, never the miner's. Never throws.
 */
function faultOfToken(claim: Omit<TokenClaim, "answer">): TokenReason | null {
  const { tokens, asked, seedCommit, opened } = claim;
  const leaf = decodeTokenLeaf(opened.leaf);
  if (leaf === null || leaf.alg !== asked.alg || leaf.number !== asked.number) return "TOKEN_PATH";
  const included = verifyInclusion(TOKEN_HASHER, {
    leafHash: TOKEN_HASHER.leaf(opened.leaf),
    index: opened.index,
    size: tokens.count,
    root: tokens.root,
    proof: opened.path,
  });
  if (!included) return "TOKEN_PATH";
  const named = seedCommitOf(opened.seed);
  if (!isSame(named, leaf.seedCommit) || !isSame(named, seedCommit)) return "SEED_MISMATCH";
  const opening = readOpening(leaf, opened);
  if (typeof opening === "string") return opening;
  return openingsSum([opening], [1n]) ? null : "OPENING_MISMATCH";
}

/**
 * Why a token's answer proves nothing, or null when the miner has every byte. The token comes
 * first, then the answer: `LENGTH` and `ANSWER_MISMATCH` are the miner's faults.
 */
export function verifyToken(claim: TokenClaim): TokenReason | null {
  const fault = faultOfToken(claim);
  if (fault !== null) return fault;
  const { asked, answer, opened } = claim;
  if (answer.length !== tokenAnswerBytes(asked.alg)) return "LENGTH";
  return isSame(answer, opened.answer) ? null : "ANSWER_MISMATCH";
}

/** A leaf with what it is said to open to. */
export type LeafOpening = Pick<OpenedToken, "leaf" | "answer" | "blind">;

/**
 * Whether all commitments open as said, by one sum over all of them. The weights are a hash over
 * everything, so no fault can be balanced by another.
 */
export function tokensOpen(openings: readonly LeafOpening[]): boolean {
  const read = openings.map((opening) => {
    const leaf = decodeTokenLeaf(opening.leaf);
    return leaf === null ? null : readOpening(leaf, opening);
  });
  if (!read.every((opening) => opening !== null && typeof opening !== "string")) return false;
  return openingsSum(read, batchWeights(openings));
}

/** The weights of a batch, 128 bits each. */
export function batchWeights(openings: readonly LeafOpening[]): readonly bigint[] {
  const all = framedHash(
    "token/batch-all",
    ...openings.map(({ leaf, answer, blind }) => concatBytes(leaf, answer, blind)),
  );
  return openings.map((_, index) =>
    numberFromBytes(framedHash("token/batch", all, u32(index)).subarray(0, 16)),
  );
}

interface ReadOpening {
  readonly commitment: GroupPoint;
  readonly value: bigint;
  readonly blind: bigint;
}

function readOpening(
  leaf: TokenLeaf,
  { answer, blind }: Omit<LeafOpening, "leaf">,
): ReadOpening | TokenReason {
  const suite = pedersenSuite(1);
  const scalar = decodeScalar(blind, suite.order);
  if (scalar === null) return "SCALAR_RANGE";
  const commitment = suite.decode(leaf.commitment);
  if (commitment === null || answer.length !== tokenAnswerBytes(leaf.alg)) {
    return "OPENING_MISMATCH";
  }
  return { commitment, value: answerScalar(leaf.alg, answer), blind: scalar };
}

/** Whether Σ w * commitment = (Σ w * value) * G_0 + (Σ w * blind) * H. All of it is public by now. */
function openingsSum(openings: readonly ReadOpening[], weights: readonly bigint[]): boolean {
  const suite = pedersenSuite(1);
  const [base = suite.identity] = suite.generators(1);
  const total = (part: (opening: ReadOpening) => bigint) =>
    openings.reduce((sum, opening, at) => sum + (weights[at] ?? 0n) * part(opening), 0n) %
    suite.order;
  const minus = (scalar: bigint) => (suite.order - scalar) % suite.order;
  return suite.sum(
    [...openings.map(({ commitment }) => commitment), base, suite.blinder],
    [...weights, minus(total(({ value }) => value)), minus(total(({ blind }) => blind))],
  ).isIdentity;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}
