import { framedHash, u16, u32, u64, type Verify } from "@neurond/crypto";
import { CodedError, publicKeyOf, toHex } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import { PERIOD_BLOCKS } from "../challenge.ts";
import { compareBytes, type Entry } from "../entry.ts";
import type { StorageCode } from "../errors.ts";
import { bytesOf, field } from "../fields.ts";
import { MAX_SHARD_BYTES } from "../limits.ts";
import { encodeParties, type Parties } from "../parties.ts";
import { areTagsCanonical, tagRoot } from "./tag-set.ts";

/** The most periods that are tagged in one pass. */
export const MAX_GRANTED_PERIODS = 32;

/**
 * Tags of one shard for consecutive periods, as validator and miner agree that they were handed
 * over. Without both signatures a shard is not swept.
 */
export interface Grant extends Parties, Entry {
  readonly firstPeriod: number;
  /** One root per period. */
  readonly tagRoots: readonly Uint8Array[];
}

/** A grant with both signatures over its digest. */
export interface SignedGrant {
  readonly grant: Grant;
  readonly validatorSignature: Uint8Array;
  readonly minerSignature: Uint8Array;
}

/** A signed grant as it is logged. */
export const SignedGrantRecord = z.strictObject({
  grant: z.strictObject({
    netuid: field.netuid,
    validator: field.hotkey,
    miner: field.hotkey,
    shard_id: field.hash,
    root: field.hash,
    size: z.int().min(1).max(MAX_SHARD_BYTES),
    first_period: field.u32,
    tag_roots: z.array(field.hash).min(1).max(MAX_GRANTED_PERIODS),
  }),
  validator_signature: field.signature,
  miner_signature: field.signature,
});
export type SignedGrantRecord = z.infer<typeof SignedGrantRecord>;

/** The 32 bytes both sides sign. */
export function grantDigest(grant: Grant): Uint8Array {
  const { shardId, root, size, firstPeriod, tagRoots } = grant;
  return framedHash(
    "sweep/grant",
    encodeParties(grant),
    shardId,
    root,
    u64(size),
    u32(firstPeriod),
    u16(tagRoots.length),
    concatBytes(...tagRoots),
  );
}

/** Whether both sides signed the grant. */
export function isGrantSigned(signed: SignedGrant, verify: Verify): boolean {
  const { grant, validatorSignature, minerSignature } = signed;
  const digest = grantDigest(grant);
  return (
    verify(publicKeyOf(grant.validator), digest, validatorSignature) &&
    verify(publicKeyOf(grant.miner), digest, minerSignature)
  );
}

/** Periods to tag at once for a shard that lives `ttlBlocks`: default lifetimes never need more. */
export function periodsToGrant(ttlBlocks: number, periodBlocks: number = PERIOD_BLOCKS): number {
  return Math.min(MAX_GRANTED_PERIODS, Math.ceil(ttlBlocks / periodBlocks) + 2);
}

/** Which of a grant's sets of tags serves a period; null when none does. */
export function tagSetOf({ firstPeriod, tagRoots }: Grant, period: number): number | null {
  const set = period - firstPeriod;
  return set >= 0 && set < tagRoots.length ? set : null;
}

/** Whether a grant covers an entry in a period: same shard, same bytes. */
export function covers(grant: Grant, { shardId, root, size }: Entry, period: number): boolean {
  const same = compareBytes(grant.shardId, shardId) === 0 && compareBytes(grant.root, root) === 0;
  return same && grant.size === size && tagSetOf(grant, period) !== null;
}

/**
 * Checks the sets of tags that came with a grant: what a miner does before it countersigns. Values
 * can be checked only after a period's reveal; see `proveBadTag`.
 * @throws CodedError GRANT_INVALID
 */
export function checkTagSets(grant: Grant, sets: readonly Uint8Array[]): void {
  const { tagRoots } = grant;
  if (sets.length !== tagRoots.length || sets.length > MAX_GRANTED_PERIODS) {
    throw invalid(`a grant of ${tagRoots.length} periods came with ${sets.length} sets of tags`);
  }
  for (const [at, tags] of sets.entries()) checkTagSet(grant, at, tags);
}

/** Checks one set of tags against its grant. @throws CodedError GRANT_INVALID */
export function checkTagSet({ tagRoots, size }: Grant, at: number, tags: Uint8Array): void {
  const root = tagRoots[at];
  if (!areTagsCanonical(tags, size)) {
    throw invalid(`set ${at} is not one canonical tag per row of ${size} bytes`);
  }
  if (root === undefined || compareBytes(tagRoot(tags), root) !== 0) {
    throw invalid(`set ${at} does not hash to its root`);
  }
}

/** The logged form of a signed grant. */
export function recordSignedGrant(signed: SignedGrant): SignedGrantRecord {
  const { netuid, validator, miner, shardId, root, size, firstPeriod, tagRoots } = signed.grant;
  return {
    grant: {
      netuid,
      validator,
      miner,
      shard_id: toHex(shardId),
      root: toHex(root),
      size,
      first_period: firstPeriod,
      tag_roots: tagRoots.map((each) => toHex(each)),
    },
    validator_signature: toHex(signed.validatorSignature),
    miner_signature: toHex(signed.minerSignature),
  };
}

/**
 * Reads a logged grant of any origin; whether its signatures hold is another question.
 * @throws CodedError GRANT_INVALID
 */
export function parseSignedGrant(value: unknown): SignedGrant {
  const parsed = SignedGrantRecord.safeParse(value);
  if (!parsed.success) throw invalid("this is not a grant of this version");
  const { grant, validator_signature, miner_signature } = parsed.data;
  const { netuid, validator, miner, size } = grant;
  return {
    grant: {
      netuid,
      validator,
      miner,
      shardId: bytesOf(grant.shard_id),
      root: bytesOf(grant.root),
      size,
      firstPeriod: grant.first_period,
      tagRoots: grant.tag_roots.map(bytesOf),
    },
    validatorSignature: bytesOf(validator_signature),
    minerSignature: bytesOf(miner_signature),
  };
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("GRANT_INVALID", message);
}
