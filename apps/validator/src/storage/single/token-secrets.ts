import { deriveKey, keystream, u8 } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import type { KeptTokens } from "@neurond/store";
import { type Entry, parseSignedReceipt } from "@neurond/workload-storage";
import { nativeAnswers } from "@neurond/workload-storage/io";
import {
  type MadeTokens,
  openToken,
  TOKEN_LEAF_BYTES,
  type TokenAlg,
  type TokenEvidence,
  TokenMaker,
  type TokenTask,
  tokenAnswerBytes,
  tokenKey,
  tokensNumbered,
} from "@neurond/workload-storage/token";
import type { ProofStore } from "../../ports/proof-store.ts";
import type { SweepKeys } from "../sweep/sweep-keys.ts";

/** What tokens are made with. */
export interface TokenPlan {
  readonly keys: SweepKeys;
  readonly alg: TokenAlg;
  readonly count: number;
}

/** Begins the tokens of a shard that is about to pass. */
export function beginTokens({ keys, alg, count }: TokenPlan, entry: Entry): Promise<TokenMaker> {
  const names = tokensNumbered(alg, count);
  return keys.withTokenMaster(
    async (master) => new TokenMaker({ master, entry, names }, nativeAnswers),
  );
}

/** Tokens as they are kept: answers are secret until the verdict, so they are encrypted. */
export function keepTokens(
  { keys, alg, count }: TokenPlan,
  entry: Entry,
  { tokens }: MadeTokens,
): Promise<KeptTokens> {
  const leaves = Buffer.concat(tokens.map(({ leaf }) => leaf));
  const answers = Buffer.concat(tokens.map(({ answer }) => answer));
  return keys.withTokenMaster(async (master) => {
    flip(answers, { master, entry, alg });
    for (const { answer } of tokens) answer.fill(0);
    return { alg, count, leaves, answers };
  });
}

/**
 * Opens the token that a task asks for, once: its seed goes out with the task, and what is asked a second
 * time could have been prepared for. Null when it was opened before, or is not kept.
 */
export async function openAsked(
  keys: SweepKeys,
  proofs: Pick<ProofStore, "find" | "send">,
  { validator, number, alg, receipt: { receipt: asked } }: TokenTask,
): Promise<TokenEvidence["opened"] | null> {
  const kept = await proofs.find(asked.shard_id, validator);
  if (kept?.tokens?.alg !== alg || number > kept.tokens.count) return null;
  if (!(await proofs.send(asked.shard_id, validator, number))) return null;
  const { tokens } = kept;
  const { receipt: entry } = parseSignedReceipt(JSON.parse(kept.receipt));
  const opened = await keys.withTokenMaster((master) => {
    const answers = Uint8Array.from(tokens.answers);
    flip(answers, { master, entry, alg });
    const length = tokenAnswerBytes(alg);
    const made = tokensNumbered(alg, tokens.count).map((name, at) => ({
      name,
      leaf: tokens.leaves.slice(at * TOKEN_LEAF_BYTES, (at + 1) * TOKEN_LEAF_BYTES),
      answer: answers.slice(at * length, (at + 1) * length),
    }));
    return openToken({ master, entry }, made, number - 1);
  });
  if (opened === undefined) return null;
  const { leaf, index, path, seed, answer, blind } = opened;
  return {
    leaf: toHex(leaf),
    index,
    path: path.map(toHex),
    seed: toHex(seed),
    answer: toHex(answer),
    blind: toHex(blind),
  };
}

/** Encrypts or decrypts the answers of a shard in place: its content and algorithm fix what they are. */
function flip(
  answers: Uint8Array,
  { master, entry, alg }: { master: Uint8Array; entry: Entry; alg: TokenAlg },
): void {
  const key = tokenKey(master, entry);
  const stream = keystream(deriveKey(key, "token/answers", u8(alg)), answers.length);
  for (const [at, byte] of stream.entries()) answers[at] = (answers[at] ?? 0) ^ byte;
  key.fill(0);
  stream.fill(0);
}
