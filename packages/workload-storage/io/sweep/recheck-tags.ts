import { open } from "node:fs/promises";
import type { Verify } from "@neurond/crypto";
import {
  type BadTag,
  proveBadTag,
  rowsOf,
  type ShardReader,
  type SignedGrant,
  tagBytesOf,
  tagSetOf,
  verifyBadTag,
} from "@neurond/workload-storage";
import type { TagStore } from "./tag-store.ts";

/** A revealed period. */
export interface RevealedPeriod {
  readonly period: number;
  readonly commitment: Uint8Array;
  readonly secret: Uint8Array;
}

export interface RecheckOptions {
  readonly shards: ShardReader;
  readonly tags: TagStore;
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
      const proof = await proveBadTag({ grant: signed, period, secret, row, tags: own }, shards);
      if (verifyBadTag(proof, commitment, verify) !== null) continue;
      found.push(proof);
      break;
    }
  }
  return found;
}

async function readTags(path: string, from: number, length: number): Promise<Uint8Array> {
  await using file = await open(path, "r");
  const tags = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(tags, at, length - at, from + at);
    if (bytesRead === 0) break; // cut short: what is missing reads as zeros, which prove nothing
    at += bytesRead;
  }
  return tags;
}
