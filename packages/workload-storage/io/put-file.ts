import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { CodedError, type Hotkey, toHex } from "@neurond/primitives";
import {
  boxSecrets,
  type Entry,
  LEAF_BYTES,
  type Manifest,
  manifestDigest,
  NONCE_PREFIX_BYTES,
  type Placement,
  SEGMENT_BYTES,
  type Segment,
  type StorageCode,
  sealKeyOf,
  segmentsOf,
  shardIdOf,
} from "@neurond/workload-storage";
import { encryptStream } from "./encrypt-stream.ts";
import { sealStream } from "./seal-stream.ts";
import { ShardHasher } from "./shard-hasher.ts";

/** A file that wants miners. */
export interface FilePlan {
  readonly fileId: Uint8Array;
  /** Bytes, encrypted. */
  readonly size: number;
  readonly segments: readonly Segment[];
  readonly copies: number;
}

/** Who takes a file, and for how long. */
export interface FilePlaces {
  /** For each segment, in order, one miner for each copy. */
  readonly placements: readonly Placement<Hotkey>[];
  /** Blocks between which the file is stored. */
  readonly created: number;
  readonly expires: number;
}

/** A sealed shard on its way to its miner. */
export interface Delivery extends Entry {
  readonly miner: Hotkey;
  readonly fileId: Uint8Array;
  /** Index of the segment. */
  readonly segment: number;
  /** Which copy of the segment. */
  readonly index: number;
  /** Of the sealed bytes: what a signed request is signed over. */
  readonly sha256: Uint8Array;
  /** The sealed bytes; each call reads them anew. */
  readonly body: () => AsyncIterable<Uint8Array>;
}

export interface PutOptions {
  readonly path: string;
  /** What the owner will see the file named. */
  readonly name: string;
  /** Where the encrypted file may stand until it is delivered; it is removed afterwards. */
  readonly temporaryPath: string;
  readonly copies: number;
  /** Finds miners; asked once, when the size is known. */
  readonly place: (plan: FilePlan) => Promise<FilePlaces>;
  readonly segmentBytes?: number;
  readonly owner: Hotkey;
  /** See `ownerKey`. */
  readonly ownerKey: Uint8Array;
  /** Signs with the owner's key. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  /**
   * Hands one shard over; it resolves once the miner has promised to keep it. The copies of a segment
   * are handed over at once.
   */
  readonly deliver: (delivery: Delivery) => Promise<void>;
}

/**
 * Encrypts a file, seals a copy of each segment for each of its miners, hands them over, and returns
 * the manifest. Memory stays constant; the disk holds the encrypted file once more meanwhile.
 */
export async function putFile(options: PutOptions): Promise<Manifest> {
  const { path, temporaryPath, copies, segmentBytes = SEGMENT_BYTES, deliver } = options;
  const fileId = randomBytes(32);
  const [key, sealSecret] = [randomBytes(32), randomBytes(32)];
  try {
    const plain = createHash("sha256");
    const sizes = await encryptFile({ key, fileId }, path, temporaryPath, plain);
    const cut = segmentsOf(sizes.encrypted, segmentBytes);
    const plan = { fileId, size: sizes.encrypted, segments: cut, copies };
    const places = await options.place(plan);
    checkPlaces(plan, places);
    const segments: Manifest["segments"] = [];
    for (const placement of places.placements) {
      const deliveries = await sealCopies(placement, { fileId, sealSecret, temporaryPath });
      await Promise.all(deliveries.map(deliver));
      segments.push({
        index: placement.segment.index,
        shards: deliveries.map(({ shardId, root, size, miner }, i) => ({
          i,
          generation: 0,
          shard_id: toHex(shardId),
          root: toHex(root),
          size,
          miner,
        })),
      });
    }
    const secrets = {
      data_key: toHex(key),
      seal_secret: toHex(sealSecret),
      name: options.name,
      size: sizes.plain,
      sha256: toHex(plain.digest()),
    };
    const box = boxSecrets(secrets, options.ownerKey, randomBytes(24));
    const unsigned = {
      v: 2 as const,
      id: toHex(fileId),
      size: sizes.encrypted,
      segment_size: segmentBytes,
      rs: [1, copies] as [1, number],
      leaf_size: LEAF_BYTES as 4096,
      aead: "ft2" as const,
      segments,
      wraps: [{ to: options.owner, box: toHex(box) }],
      created: places.created,
      expires: places.expires,
      owner: options.owner,
    };
    return { ...unsigned, sig: toHex(options.sign(manifestDigest(unsigned))) };
  } finally {
    key.fill(0);
    sealSecret.fill(0);
    await rm(temporaryPath, { force: true });
  }
}

/** Whoever places may be another party: every copy must have a miner of its own. */
function checkPlaces({ segments, copies }: FilePlan, { placements }: FilePlaces): void {
  const fits = segments.every(({ index }) => {
    const placement = placements[index];
    const miners = new Set(placement?.miners);
    return placement?.segment.index === index && miners.size === copies;
  });
  if (fits && placements.length === segments.length) return;
  throw new CodedError<StorageCode>(
    "PLAN_INVALID",
    `the places given are not ${copies} different miners for each of ${segments.length} segments`,
  );
}

async function encryptFile(
  keys: { readonly key: Uint8Array; readonly fileId: Uint8Array },
  path: string,
  temporaryPath: string,
  digest: { update(bytes: Uint8Array): unknown },
): Promise<{ readonly plain: number; readonly encrypted: number }> {
  let [plain, encrypted] = [0, 0];
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path)) {
      digest.update(chunk);
      plain += chunk.length;
      yield chunk;
    }
  }
  await using file = await open(temporaryPath, "wx", 0o600);
  for await (const record of encryptStream(keys, randomBytes(NONCE_PREFIX_BYTES), watched())) {
    encrypted += record.length;
    await file.write(record);
  }
  return { plain, encrypted };
}

/** The sealed copies of a segment; their roots take one pass each, delivering them another. */
async function sealCopies(
  { segment, miners }: Placement<Hotkey>,
  file: {
    readonly fileId: Uint8Array;
    readonly sealSecret: Uint8Array;
    readonly temporaryPath: string;
  },
): Promise<readonly Delivery[]> {
  const copies = miners.map(async (miner, index): Promise<Delivery> => {
    const place = { fileId: file.fileId, segment: segment.index, index, generation: 0, miner };
    const shardId = shardIdOf(place);
    const sealKey = sealKeyOf(file.sealSecret, shardId);
    const body = () => {
      const { from, to } = segment;
      return sealStream(
        sealKey,
        createReadStream(file.temporaryPath, { start: from, end: to - 1 }),
      );
    };
    const [hasher, sha256] = [new ShardHasher(), createHash("sha256")];
    for await (const chunk of body()) {
      hasher.update(chunk);
      sha256.update(chunk);
    }
    const { root, size } = hasher.finish();
    const { fileId } = file;
    const digest = sha256.digest();
    return {
      fileId,
      segment: segment.index,
      index,
      miner,
      shardId,
      root,
      size,
      sha256: digest,
      body,
    };
  });
  return Promise.all(copies);
}
