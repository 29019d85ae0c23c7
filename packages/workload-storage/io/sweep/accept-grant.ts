import type { Verify } from "@neurond/crypto";
import { CodedError, type Hotkey, publicKeyOf } from "@neurond/primitives";
import { compareBytes, type StorageCode } from "@neurond/workload-storage";
import { type Grant, grantDigest, type SignedGrant } from "@neurond/workload-storage/sweep";
import { shardNameOf } from "../shard-paths.ts";
import type { ShardStore } from "../shard-store.ts";
import type { OfferedGrant } from "../tag-transfer.ts";
import type { TagStore } from "./tag-store.ts";

/** Tags as they come from a validator, with its signature on the grant. */
export interface OfferedTags extends OfferedGrant {
  /** The sets, one after the other. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface AcceptGrantOptions {
  readonly shards: Pick<ShardStore, "get">;
  readonly tags: TagStore;
  readonly miner: Hotkey;
  /** Signs with the miner's hotkey. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly verify: Verify;
}

/**
 * Whether a grant is one to take tags for, before a byte of them is read: ours, signed, and of a shard
 * that this validator stored here.
 * @throws CodedError GRANT_INVALID SHARD_MISSING
 */
export function checkGrantOffer(
  { grant, validatorSignature }: OfferedGrant,
  { shards, miner, verify }: Pick<AcceptGrantOptions, "shards" | "miner" | "verify">,
): void {
  if (grant.miner !== miner) throw invalid("the grant is another miner's");
  if (!verify(publicKeyOf(grant.validator), grantDigest(grant), validatorSignature)) {
    throw invalid("the validator's signature on the grant does not hold");
  }
  requireHeld(grant, shards);
}

/**
 * What a miner does with tags: checks that they are for a shard it holds, canonical and those of the
 * grant, keeps them, and only then countersigns. Whether values are right shows after the reveal.
 * @throws CodedError GRANT_INVALID SHARD_MISSING DISK_FULL
 */
export async function acceptGrant(
  { grant, validatorSignature, body }: OfferedTags,
  options: AcceptGrantOptions,
): Promise<SignedGrant> {
  checkGrantOffer({ grant, validatorSignature }, options);
  const signed = {
    grant,
    validatorSignature,
    minerSignature: options.sign(grantDigest(grant)),
  };
  await options.tags.store(signed, body);
  try {
    requireHeld(grant, options.shards);
  } catch (error) {
    // The shard left while its tags arrived.
    await options.tags.delete(shardNameOf(grant.shardId));
    throw error;
  }
  return signed;
}

function requireHeld(grant: Grant, shards: Pick<ShardStore, "get">): void {
  const name = shardNameOf(grant.shardId);
  const held = shards.get(name)?.receipt;
  if (held === undefined) {
    throw new CodedError<StorageCode>("SHARD_MISSING", `shard ${name} is not stored here`);
  }
  const same = held.size === grant.size && compareBytes(held.root, grant.root) === 0;
  if (!same || held.validator !== grant.validator || held.netuid !== grant.netuid) {
    throw invalid("the grant is for other bytes than the validator stored here");
  }
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("GRANT_INVALID", message);
}
