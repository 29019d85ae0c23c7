import type { Verify } from "@neurond/crypto";
import {
  CodedError,
  canonicalJson,
  domainHash,
  fromHex,
  publicKeyOf,
  toHex,
} from "@neurond/primitives";
import { z } from "zod";
import type { StorageCode } from "./errors.ts";
import { bytesOf, field } from "./fields.ts";
import { LEAF_BYTES, MAX_SHARD_BYTES } from "./limits.ts";
import { shardIdOf } from "./sealing.ts";
import { segmentsOf } from "./segments.ts";

const DOMAIN = "filetao/manifest/v2";
const MAX_BOX_BYTES = 16_384;

const ManifestShard = z.strictObject({
  /** Which shard of the segment. */
  i: field.u16,
  generation: field.u32,
  shard_id: field.hash,
  /** Root over the sealed bytes. */
  root: field.hash,
  size: z.int().min(1).max(MAX_SHARD_BYTES),
  miner: field.hotkey,
});

/**
 * Where a file is and what must come back: whoever holds it, and the owner's key, gets the file from
 * any node. It shows sizes, miners and roots; keys and name are boxed for the owner.
 */
export const Manifest = z.strictObject({
  v: z.literal(2),
  /** Id of this version of the file. */
  id: field.hash,
  /** Bytes after encryption. */
  size: z.int().min(1),
  segment_size: z.int().min(1).max(MAX_SHARD_BYTES),
  /** Shards that restore a segment, and shards there are: [1, n] is n copies. */
  rs: z.tuple([z.literal(1), z.int().min(1).max(255)]),
  leaf_size: z.literal(LEAF_BYTES),
  aead: z.literal("ft2"),
  segments: z.array(z.strictObject({ index: field.u32, shards: z.array(ManifestShard) })),
  /** Boxes, each for one key; the first is the owner's. */
  wraps: z.array(z.strictObject({ to: field.hotkey, box: field.hexUpTo(MAX_BOX_BYTES) })).min(1),
  /** Blocks. */
  created: field.count,
  expires: field.count,
  /** The key that signed; it need not be on chain. */
  owner: field.hotkey,
  sig: field.signature,
});
export type Manifest = z.infer<typeof Manifest>;

/** The 32 bytes an owner signs: everything but the signature, as canonical JSON. */
export function manifestDigest({
  sig: _,
  ...rest
}: Omit<Manifest, "sig"> & { readonly sig?: unknown }): Uint8Array {
  return domainHash(DOMAIN, canonicalJson(rest));
}

/** The text of a manifest. */
export function encodeManifest(manifest: Manifest): string {
  return canonicalJson(manifest);
}

/**
 * Reads a manifest from anybody: shape, ids, sizes and signature hold, or it throws.
 * @throws CodedError MANIFEST_INVALID
 */
export function decodeManifest(text: string, verify: Verify): Manifest {
  const manifest = parse(text);
  if (encodeManifest(manifest) !== text) throw invalid("its text is not canonical");
  const signature = fromHex(manifest.sig);
  if (!verify(publicKeyOf(manifest.owner), manifestDigest(manifest), signature)) {
    throw invalid("its owner did not sign it");
  }
  // Counted before they are cut: a hostile manifest could name more than memory holds.
  if (Math.ceil(manifest.size / manifest.segment_size) !== manifest.segments.length) {
    throw invalid("segments are missing");
  }
  const segments = segmentsOf(manifest.size, manifest.segment_size);
  for (const [at, { from, to }] of segments.entries()) checkSegment(manifest, at, to - from);
  return manifest;
}

function parse(text: string): Manifest {
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid("it does not have the shape of one", cause);
  }
}

function checkSegment({ id, rs, segments }: Manifest, at: number, bytes: number): void {
  const { index, shards } = segments[at] ?? { index: -1, shards: [] };
  if (index !== at || shards.length !== rs[1]) throw invalid(`segment ${at} is not complete`);
  if (new Set(shards.map(({ miner }) => miner)).size !== shards.length) {
    throw invalid(`segment ${at} gives one miner two shards`);
  }
  for (const [i, shard] of shards.entries()) {
    const { generation, miner } = shard;
    const shardId = shardIdOf({ fileId: bytesOf(id), segment: at, index: i, generation, miner });
    if (shard.i !== i || shard.size !== bytes || shard.shard_id !== toHex(shardId)) {
      throw invalid(`shard ${i} of segment ${at} is not the file's`);
    }
  }
}

function invalid(reason: string, cause?: unknown): CodedError<StorageCode> {
  return new CodedError(
    "MANIFEST_INVALID",
    `this manifest cannot be used: ${reason}`,
    {},
    { cause },
  );
}
