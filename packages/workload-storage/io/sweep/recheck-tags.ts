import { open } from "node:fs/promises";
import type { Verify } from "@neurond/crypto";
import { isCoded } from "@neurond/primitives";
import { compareBytes, type ShardReader } from "@neurond/workload-storage";
import {
  type BadTag,
  ELEMENT_BYTES,
  minerKey,
  proveBadTag,
  rowsOf,
  type SignedGrant,
  tagBytesOf,
  tagSetOf,
  verifyBadTag,
} from "@neurond/workload-storage/sweep";
import { isLoss } from "../loss.ts";
import { shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";
import type { TagPool } from "./tag-pool.ts";
import type { TagStore } from "./tag-store.ts";

/** A revealed period. */
export interface RevealedPeriod {
  readonly period: number;
  readonly commitment: Uint8Array;
  readonly secret: Uint8Array;
}

export interface RecheckOptions {
  readonly shards: ShardReader;
  readonly tags: Pick<TagStore, "list" | "find">;
  readonly verify: Verify;
  /** The rows to look at: one at random after a reveal, all after a failed sweep. */
  readonly rowsToCheck: (grant: SignedGrant, rows: number) => Iterable<number>;
}

/**
 * What a miner does after a reveal: computes some tags it was given again. Each proof returned shows
 * anybody that the validator's were wrong; there is at most one per shard, which is enough.
 */
export async function recheckTags(
  { period, commitment, secret }: RevealedPeriod,
  { shards, tags, verify, rowsToCheck }: RecheckOptions,
  signal: AbortSignal,
): Promise<readonly BadTag[]> {
  const found: BadTag[] = [];
  for (const signed of tags.list()) {
    const place = tagSetOf(signed.grant, period) === null ? null : tags.find(signed.grant, period);
    if (place === null) continue;
    const own = await readTags(place.tagsPath, place.tagsFrom, tagBytesOf(signed.grant.size));
    for (const row of rowsToCheck(signed, rowsOf(signed.grant.size))) {
      signal.throwIfAborted();
      const proof = await proveBadTag(
        { grant: signed, period, secret, row, tags: own },
        shards,
      ).catch(lost);
      // Of a lost shard nothing can be shown.
      if (proof === null) break;
      if (verifyBadTag(proof, commitment, verify) !== null) continue;
      found.push(proof);
      break;
    }
  }
  return found;
}

export interface RecheckAllOptions {
  readonly shards: ShardReader & Pick<ShardStore, "read">;
  readonly tags: Pick<TagStore, "list" | "find">;
  readonly pool: Pick<TagPool, "tag">;
}

/**
 * Where the tags of a period differ from those its secret makes: every row of every shard, at the speed
 * of tagging. One row per shard is enough to show it.
 */
export async function findWrongRows(
  { period, secret }: Pick<RevealedPeriod, "period" | "secret">,
  { shards, tags, pool }: RecheckAllOptions,
  signal: AbortSignal,
): Promise<readonly { readonly grant: SignedGrant; readonly row: number }[]> {
  const wrong: { readonly grant: SignedGrant; readonly row: number }[] = [];
  for (const signed of tags.list()) {
    const entry = signed.grant;
    const place = tagSetOf(entry, period) === null ? null : tags.find(entry, period);
    if (place === null) continue;
    const own = await readTags(place.tagsPath, place.tagsFrom, tagBytesOf(entry.size));
    const keys = [minerKey(secret, entry.miner)];
    let right: Uint8Array | undefined;
    try {
      const body = shards.read(shardNameOf(entry.shardId));
      [right] = await pool.tag({ entry, keys, body }, signal);
    } catch (error) {
      signal.throwIfAborted();
      // Bytes that are lost or rotten show nothing about tags.
      if (isLoss(error) || isCoded(error, "ROOT_MISMATCH", "SIZE_MISMATCH", "SHARD_MISSING")) {
        continue;
      }
      throw error;
    }
    const row = right === undefined ? -1 : firstDifference(own, right);
    if (row >= 0) wrong.push({ grant: signed, row });
  }
  return wrong;
}

/** The first tag in which two sets differ; -1 when they are the same. */
function firstDifference(own: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < right.length; at += ELEMENT_BYTES) {
    const to = at + ELEMENT_BYTES;
    if (compareBytes(own.subarray(at, to), right.subarray(at, to)) !== 0) {
      return at / ELEMENT_BYTES;
    }
  }
  return -1;
}

function lost(error: unknown): null {
  if (isLoss(error) || isCoded(error, "SHARD_MISSING")) return null;
  throw error;
}

/** Tags of a shard in the file of its grant. */
export async function readTags(path: string, from: number, length: number): Promise<Uint8Array> {
  await using file = await open(path, "r");
  const tags = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(tags, at, length - at, from + at);
    if (bytesRead === 0) break; // cut short: what is missing reads as zeros, which prove nothing
    at += bytesRead;
  }
  return tags;
}
