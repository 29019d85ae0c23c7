import { u8, u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { type Challenge, MODE } from "../challenge.ts";
import { bytesOf, field } from "../fields.ts";
import { SignedReceiptRecord } from "../receipt-record.ts";
import { Place } from "../shard-slots/place.ts";
import { challengeOfSlot, slotEvidence, slotFields } from "../task.ts";
import type { TokenName } from "./derive.ts";
import { TOKEN_LEAF_BYTES } from "./leaf.ts";
import type { OpenedToken } from "./opened-token.ts";

/** A path in the tree over any number of tokens that a receipt can state. */
const MAX_PATH = 32;

/**
 * A challenge of mode `token` as it is recorded: the shard by its receipt, and the token by number
 * and seed commitment. The seed itself goes to the miner beside the task.
 */
export const TokenTask = z.strictObject({
  ...slotFields,
  receipt: SignedReceiptRecord,
  /** Where the shard stands among those the slot could ask about; a run's plan says so. */
  place: z.exactOptional(Place),
  alg: z.union([z.literal(1), z.literal(2)]),
  number: field.u32.min(1),
  seed_commit: field.hash,
});
export type TokenTask = z.infer<typeof TokenTask>;

/** What a probe brings back, with what the verdict opens of the token. */
export const TokenEvidence = z.strictObject({
  ...slotEvidence,
  answer: field.hexUpTo(32),
  opened: z.strictObject({
    leaf: field.hexUpTo(TOKEN_LEAF_BYTES),
    index: field.u32,
    path: z.array(field.hash).max(MAX_PATH),
    seed: field.hash,
    answer: field.hexUpTo(32),
    blind: field.hash,
  }),
});
export type TokenEvidence = z.infer<typeof TokenEvidence>;

/** The parameters of mode `token`, as seeds bind them. */
export function tokenParams(
  { alg, number }: TokenName,
  { shardId, seedCommit }: { readonly shardId: Uint8Array; readonly seedCommit: Uint8Array },
): Uint8Array {
  return concatBytes(u8(alg), shardId, u32(number), seedCommit);
}

/** The challenge a recorded task is. */
export function tokenChallengeOf(task: TokenTask): Challenge {
  const shardId = bytesOf(task.receipt.receipt.shard_id);
  const params = tokenParams(task, { shardId, seedCommit: bytesOf(task.seed_commit) });
  return challengeOfSlot(task, { mode: MODE.token, params });
}

/** The opened token of recorded evidence. */
export function openedTokenOf({ opened }: Pick<TokenEvidence, "opened">): OpenedToken {
  return {
    leaf: bytesOf(opened.leaf),
    index: opened.index,
    path: opened.path.map(bytesOf),
    seed: bytesOf(opened.seed),
    answer: bytesOf(opened.answer),
    blind: bytesOf(opened.blind),
  };
}
