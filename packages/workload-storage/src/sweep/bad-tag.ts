import {
  MemoryNodes,
  MerkleBuilder,
  proveInclusion,
  type Verify,
  verifyInclusion,
} from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { ShardReader } from "../answer.ts";
import { compareBytes } from "../entry.ts";
import { bytesOf, field } from "../fields.ts";
import { LEAF_BYTES, leafLength, leavesOf } from "../limits.ts";
import { foldTree, outsideRanges } from "../multiproof.ts";
import { SHARD_HASHER } from "../shard-tree.ts";
import { ELEMENT_BYTES, P, readElement, readReduced } from "./field.ts";
import {
  isGrantSigned,
  parseSignedGrant,
  recordSignedGrant,
  type SignedGrant,
  SignedGrantRecord,
  tagSetOf,
} from "./grant.ts";
import { maskKey, masksAt, minerKey, periodCommitment, weightsOf } from "./keys.ts";
import { checkReveal } from "./period-records.ts";
import { ROW_BYTES, rowsOf, tagBytesOf } from "./rows.ts";
import { TAG_HASHER, TAG_PIECE_BYTES } from "./tag-set.ts";
import { linearTag } from "./tagger.ts";

/**
 * Shows that a tag which a validator handed out is not what its revealed secret makes of the row: the
 * miner was set up to fail. About 18 KB, checked by anybody.
 */
export interface BadTag {
  readonly grant: SignedGrant;
  readonly period: number;
  readonly secret: Uint8Array;
  readonly row: number;
  /** The row's leaves, one to three, and the subtrees between them and the shard's root. */
  readonly leaves: readonly Uint8Array[];
  readonly leafHashes: readonly Uint8Array[];
  /** The piece of tags with the row's, and its path to the tag root. */
  readonly tagPiece: Uint8Array;
  readonly tagPath: readonly Uint8Array[];
}

/** Why a proof shows nothing. */
export type BadTagFault =
  /** The grant is not signed by both sides. */
  | "SIGNATURE"
  /** The secret is not the committed one. */
  | "KEY_WRONG"
  /** The grant has no such period or row, or a part has another width. */
  | "LENGTH"
  /** The row is not part of the shard. */
  | "SHARD_ROOT"
  /** The tags are not part of what was granted. */
  | "TAG_ROOT"
  /** The tag is right. */
  | "TAG_HONEST";

/** What a miner has when it suspects a tag. `tags` are all of its shard's for the period. */
export interface SuspectTag extends Pick<BadTag, "grant" | "period" | "secret" | "row"> {
  readonly tags: Uint8Array;
}

/** Makes the proof from a shard and its tags. Whether it shows anything is `verifyBadTag`'s to say. */
export async function proveBadTag(
  { grant, period, secret, row, tags }: SuspectTag,
  shards: ShardReader,
): Promise<BadTag> {
  const entry = grant.grant;
  const leaves = leavesOfRow(entry.size, row);
  const ranges = outsideRanges(leavesOf(entry.size), leaves);
  const shard = await shards.readSample({ entry, leaves, ranges });
  const [builder, nodes] = [new MerkleBuilder(TAG_HASHER), new MemoryNodes()];
  for (let at = 0; at < tags.length; at += TAG_PIECE_BYTES) {
    nodes.add(builder.append(TAG_HASHER.leaf(tags.subarray(at, at + TAG_PIECE_BYTES))));
  }
  const piece = pieceOfRow(row);
  const from = piece * TAG_PIECE_BYTES;
  return {
    grant,
    period,
    secret,
    row,
    leaves: shard.leaves,
    leafHashes: shard.hashes,
    tagPiece: tags.slice(from, from + TAG_PIECE_BYTES),
    tagPath: await proveInclusion(TAG_HASHER, nodes, piece, builder.size),
  };
}

/** Null when the proof shows a bad tag under a period's commitment; else why it shows nothing. */
export function verifyBadTag(
  proof: BadTag,
  commitment: Uint8Array,
  verify: Verify,
): BadTagFault | null {
  const { grant } = proof.grant;
  const { period, secret, row, leaves, tagPiece } = proof;
  const root = grant.tagRoots[tagSetOf(grant, period) ?? -1];
  if (root === undefined || !isRow(row, grant.size)) return "LENGTH";
  if (!isGrantSigned(proof.grant, verify)) return "SIGNATURE";
  if (checkReveal({ ...grant, period }, commitment, secret) !== null) return "KEY_WRONG";
  const places = leavesOfRow(grant.size, row);
  const isWhole = places.every((leaf, at) => leaves[at]?.length === leafLength(grant.size, leaf));
  if (!isWhole || leaves.length !== places.length) return "LENGTH";
  if (!isInShard(proof, places)) return "SHARD_ROOT";
  const piece = pieceOfRow(row);
  const size = Math.ceil(tagBytesOf(grant.size) / TAG_PIECE_BYTES);
  const leafHash = TAG_HASHER.leaf(tagPiece);
  const claim = { leafHash, index: piece, size, root, proof: proof.tagPath };
  if (!verifyInclusion(TAG_HASHER, claim)) return "TAG_ROOT";
  const at = row * ELEMENT_BYTES - piece * TAG_PIECE_BYTES;
  if (tagPiece.length < at + ELEMENT_BYTES) return "LENGTH";
  return readElement(tagPiece, at) === rightTag(proof) ? "TAG_HONEST" : null;
}

/**
 * Null when a proof shows a bad tag if its secret is the period's: all that can be said of it without
 * its validator's log. That the secret is the committed one is `verifyBadTag`'s to ask.
 */
export function plausibleBadTag(proof: BadTag, verify: Verify): BadTagFault | null {
  const { secret, period, grant } = proof;
  return verifyBadTag(proof, periodCommitment({ ...grant.grant, period }, secret), verify);
}

/** A proof as it is logged. */
export const BadTagRecord = z.strictObject({
  grant: SignedGrantRecord,
  period: field.u32,
  secret: field.hash,
  row: field.u32,
  leaves: z.array(field.hexUpTo(LEAF_BYTES)).min(1).max(3),
  // Three paths in a tree of 2^24 leaves.
  leaf_hashes: z.array(field.hash).max(72),
  tag_piece: field.hexUpTo(TAG_PIECE_BYTES),
  tag_path: z.array(field.hash).max(32),
});
export type BadTagRecord = z.infer<typeof BadTagRecord>;

/** The logged form of a proof. */
export function recordBadTag(proof: BadTag): BadTagRecord {
  const hexes = (all: readonly Uint8Array[]) => all.map((each) => toHex(each));
  return {
    grant: recordSignedGrant(proof.grant),
    period: proof.period,
    secret: toHex(proof.secret),
    row: proof.row,
    leaves: hexes(proof.leaves),
    leaf_hashes: hexes(proof.leafHashes),
    tag_piece: toHex(proof.tagPiece),
    tag_path: hexes(proof.tagPath),
  };
}

/** The proof of a logged form. */
export function badTagOf(record: BadTagRecord): BadTag {
  return {
    grant: parseSignedGrant(record.grant),
    period: record.period,
    secret: bytesOf(record.secret),
    row: record.row,
    leaves: record.leaves.map(bytesOf),
    leafHashes: record.leaf_hashes.map(bytesOf),
    tagPiece: bytesOf(record.tag_piece),
    tagPath: record.tag_path.map(bytesOf),
  };
}

function isRow(row: number, size: number): boolean {
  return Number.isSafeInteger(row) && row >= 0 && row < rowsOf(size);
}

function leavesOfRow(size: number, row: number): readonly number[] {
  const first = (row * ROW_BYTES) / LEAF_BYTES;
  return [first, first + 1, first + 2].filter((leaf) => leaf < leavesOf(size));
}

function pieceOfRow(row: number): number {
  return Math.floor((row * ELEMENT_BYTES) / TAG_PIECE_BYTES);
}

function isInShard(
  { grant: { grant }, leaves, leafHashes }: BadTag,
  places: readonly number[],
): boolean {
  const [listed, outside] = [leaves.values(), leafHashes.values()];
  const root = foldTree<Uint8Array, "SHARD_ROOT">(leavesOf(grant.size), places, {
    listed: () => SHARD_HASHER.leaf(listed.next().value ?? new Uint8Array(0)),
    outside: () => {
      const hash = outside.next().value;
      return hash?.length === 32 ? hash : "SHARD_ROOT";
    },
    join: (left, right) => SHARD_HASHER.node(left, right),
  });
  if (typeof root === "string" || outside.next().done !== true) return false;
  return compareBytes(root, grant.root) === 0;
}

function rightTag({ grant: { grant }, secret, row, leaves }: BadTag): bigint {
  const key = minerKey(secret, grant.miner);
  const mask = readReduced(masksAt(maskKey(key, grant), { from: row, rows: 1 }), 0);
  return (mask + linearTag(concatBytes(...leaves), weightsOf(key))) % P;
}
