import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, type Netuid, toNetuid } from "@neurond/primitives";
import { type Entry, LEAF_BYTES, shardRoot } from "@neurond/workload-storage";
import {
  type Grant,
  grantDigest,
  minerKey,
  periodSecret,
  proveBadTag,
  recordBadTag,
  tagRoot,
  tagShard,
} from "@neurond/workload-storage/sweep";

const SIZE = 20_000;
const PERIOD = 5;
const ROW = 0;
const [validator, miner] = [keypairFromUri("//Validator1"), keypairFromUri("//Miner1")];

/** Whom proofs of wrong tags are about. */
export const BAD_TAG_PARTIES = {
  netuid: toNetuid(2),
  validator: hotkeyOf(validator.publicKey),
  miner: hotkeyOf(miner.publicKey),
};

/** A miner's proof about one shard of two rows, of which the first's tag is off by `off`; 0: it is right. */
export async function badTagProof({
  off = 1,
  netuid = BAD_TAG_PARTIES.netuid,
}: {
  readonly off?: number;
  readonly netuid?: Netuid;
} = {}) {
  const who = { ...BAD_TAG_PARTIES, netuid };
  const bytes = new Uint8Array(SIZE).fill(7);
  const entry: Entry = { shardId: new Uint8Array(32).fill(3), root: shardRoot(bytes), size: SIZE };
  const secret = periodSecret(new Uint8Array(32).fill(9), { netuid, period: PERIOD });
  const tags = tagShard(bytes, entry, minerKey(secret, who.miner));
  tags[ROW] = (tags[ROW] ?? 0) ^ off;
  const grant: Grant = { ...who, ...entry, firstPeriod: PERIOD, tagRoots: [tagRoot(tags)] };
  const digest = grantDigest(grant);
  const signed = {
    grant,
    validatorSignature: validator.sign(digest),
    minerSignature: miner.sign(digest),
  };
  const part = (from: number, to: number) => bytes.subarray(from * LEAF_BYTES, to * LEAF_BYTES);
  const proof = await proveBadTag(
    { grant: signed, period: PERIOD, secret, row: ROW, tags },
    {
      readSample: async ({ leaves, ranges }) => ({
        leaves: leaves.map((leaf) => part(leaf, leaf + 1)),
        hashes: ranges.map(({ from, to }) => shardRoot(part(from, to))),
      }),
    },
  );
  return { kind: "bad-tag", v: 1, ...recordBadTag(proof) };
}
