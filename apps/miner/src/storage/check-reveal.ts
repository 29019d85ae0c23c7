import { randomInt } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { verifySr25519Fast } from "@neurond/crypto";
import { canonicalJson, type Hotkey, type Netuid } from "@neurond/primitives";
import {
  findWrongRows,
  readTags,
  recheckTags,
  type ShardStore,
  shardNameOf,
  syncDirectoryOf,
  TagPool,
  type TagStore,
  writeDurably,
} from "@neurond/workload-storage/io";
import {
  type BadTag,
  periodCommitment,
  proveBadTag,
  recordBadTag,
  type SignedGrant,
  tagBytesOf,
  verifyBadTag,
} from "@neurond/workload-storage/sweep";

/** A secret that a validator revealed, and whether it said that we failed a sweep under it. */
export interface Reveal {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  readonly period: number;
  readonly secret: Uint8Array;
  readonly hasFailed: boolean;
}

export interface CheckRevealDeps {
  readonly shards: ShardStore;
  readonly tags: TagStore;
  /** Where proofs are kept. */
  readonly evidence: string;
}

/**
 * Holds a validator's tags against its revealed secret: one row of each shard, drawn at random, and all
 * rows where it said that we failed. Writes a proof for each shard with a wrong one; how many there are.
 */
export async function checkReveal(
  reveal: Reveal,
  { shards, tags, evidence }: CheckRevealDeps,
  signal: AbortSignal,
): Promise<number> {
  const own = {
    list: () => tags.list().filter(({ grant }) => grant.validator === reveal.validator),
    find: (...asked: Parameters<TagStore["find"]>) => tags.find(...asked),
  };
  const proofs = reveal.hasFailed
    ? await proveAll(reveal, { shards, tags: own }, signal)
    : await recheckTags(
        { ...reveal, commitment: commitmentOf(reveal) },
        {
          shards,
          tags: own,
          verify: verifySr25519Fast,
          rowsToCheck: (_, rows) => [randomInt(rows)],
        },
        signal,
      );
  for (const proof of proofs) await keep(proof, evidence);
  return proofs.length;
}

async function proveAll(
  reveal: Reveal,
  { shards, tags }: { readonly shards: ShardStore; readonly tags: Pick<TagStore, "list" | "find"> },
  signal: AbortSignal,
): Promise<readonly BadTag[]> {
  await using pool = new TagPool({ workers: 1 });
  const wrong = await findWrongRows(reveal, { shards, tags, pool }, signal);
  const proofs: BadTag[] = [];
  for (const { grant, row } of wrong) {
    const set = await tagsOf(grant, reveal.period, tags);
    const suspect = { grant, period: reveal.period, secret: reveal.secret, row, tags: set };
    const proof = await proveBadTag(suspect, shards);
    if (verifyBadTag(proof, commitmentOf(reveal), verifySr25519Fast) === null) proofs.push(proof);
  }
  return proofs;
}

/**
 * What the validator must have committed to. Whether it did is the auditor's question: a secret that is
 * not the committed one voids the period by itself.
 */
function commitmentOf(reveal: Reveal): Uint8Array {
  return periodCommitment(reveal, reveal.secret);
}

async function tagsOf(
  { grant }: SignedGrant,
  period: number,
  tags: Pick<TagStore, "find">,
): Promise<Uint8Array> {
  const place = tags.find(grant, period);
  if (place === null) throw new RangeError("the tags left while they were looked at");
  return readTags(place.tagsPath, place.tagsFrom, tagBytesOf(grant.size));
}

/** One file per validator, period and shard: the same proof again is the same file. */
async function keep(proof: BadTag, directory: string): Promise<void> {
  const { validator, shardId } = proof.grant.grant;
  const path = join(
    directory,
    `bad-tag.${validator}.${proof.period}.${shardNameOf(shardId).slice(0, 16)}.json`,
  );
  await mkdir(directory, { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  await writeDurably(draft, path, canonicalJson({ kind: "bad-tag", v: 1, ...recordBadTag(proof) }));
  await syncDirectoryOf(path);
}
