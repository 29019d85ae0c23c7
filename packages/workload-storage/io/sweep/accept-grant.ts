import type { Keypair, Verify } from "@neurond/crypto";
import { CodedError, hotkeyOf, publicKeyOf } from "@neurond/primitives";
import {
  checkTagSets,
  compareBytes,
  type Grant,
  grantDigest,
  type SignedGrant,
  type StorageCode,
} from "@neurond/workload-storage";
import { shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";
import type { TagStore } from "./tag-store.ts";

/** Tags as they come from a validator, with its signature on the grant. */
export interface OfferedTags {
  readonly grant: Grant;
  readonly validatorSignature: Uint8Array;
  /** One per period. */
  readonly sets: readonly Uint8Array[];
}

export interface AcceptGrantOptions {
  readonly shards: Pick<ShardStore, "get">;
  readonly tags: TagStore;
  readonly miner: Keypair;
  readonly verify: Verify;
}

/**
 * What a miner does with tags: checks that they are for a shard it holds, canonical and those of the
 * grant, keeps them, and only then countersigns. Whether values are right shows after the reveal.
 * @throws CodedError GRANT_INVALID SHARD_MISSING
 */
export async function acceptGrant(
  { grant, validatorSignature, sets }: OfferedTags,
  { shards, tags, miner, verify }: AcceptGrantOptions,
): Promise<SignedGrant> {
  if (grant.miner !== hotkeyOf(miner.publicKey)) throw invalid("the grant is another miner's");
  const digest = grantDigest(grant);
  if (!verify(publicKeyOf(grant.validator), digest, validatorSignature)) {
    throw invalid("the validator's signature on the grant does not hold");
  }
  const name = shardNameOf(grant.shardId);
  const held = shards.get(name)?.receipt;
  if (held === undefined) {
    throw new CodedError<StorageCode>("SHARD_MISSING", `shard ${name} is not stored here`);
  }
  const same = held.size === grant.size && compareBytes(held.root, grant.root) === 0;
  if (!same || held.validator !== grant.validator) {
    throw invalid("the grant is for other bytes than the validator stored here");
  }
  checkTagSets(grant, sets);
  const signed = { grant, validatorSignature, minerSignature: miner.sign(digest) };
  await tags.store(signed, sets);
  return signed;
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("GRANT_INVALID", message);
}
