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
import type { StorageCode } from "../errors.ts";
import { field } from "../fields.ts";
import { LEAF_BYTES, MAX_SHARD_BYTES } from "../limits.ts";
import { checkShards, MAX_SHARDS, ManifestShard } from "./manifest-shard.ts";
import { Repair, repairFault } from "./repair.ts";
import { segmentsOf } from "./segments.ts";

const DOMAIN = "filetao/manifest/v2";
/** The longest text of a manifest: of `MAX_FILE_SHARDS`, all of them moved once, and shared with somebody. */
export const MAX_MANIFEST_BYTES = 2 ** 24;

/**
 * Where a file is and what must come back: whoever holds it, and the owner's key, gets the file from
 * any node. It shows sizes, miners and roots; keys and name are boxed for the owner.
 */
export const Manifest = z.strictObject({
  v: z.literal(2),
  /** Id of this version of the file. */
  id: field.hash,
  /** One more whenever its owner signs another manifest of the same bytes. */
  revision: field.u32,
  /** Bytes after encryption. */
  size: z.int().min(1),
  segment_size: z.int().min(1).max(MAX_SHARD_BYTES),
  /** Shards that restore a segment, and shards there are: [1, n] is n copies. */
  rs: z.tuple([z.int().min(1).max(MAX_SHARDS), z.int().min(1).max(MAX_SHARDS)]),
  leaf_size: z.literal(LEAF_BYTES),
  aead: z.literal("ft2"),
  /** A segment lacks shards, but never more than n - k, when nobody took them: they are to be repaired. */
  segments: z.array(
    z.strictObject({ index: field.u32, shards: z.array(ManifestShard).max(MAX_SHARDS) }),
  ),
  /**
   * Boxes: the first the owner's, to its hotkey; others to the X25519 key of whoever may read, or to
   * the hotkey of a custodian, who is given the seal secret alone.
   */
  wraps: z
    .array(
      z.strictObject({
        to: z.union([field.hotkey, field.hash]),
        box: field.hexUpTo(MAX_MANIFEST_BYTES / 2),
      }),
    )
    .min(1),
  /** Blocks. */
  created: field.count,
  expires: field.count,
  /** The key that signed; it need not be on chain. */
  owner: field.hotkey,
  sig: field.signature,
  /** What custodians moved since the owner signed, by segment ascending; see `shardsOf`. */
  repairs: z.exactOptional(z.array(Repair).min(1)),
});
export type Manifest = z.infer<typeof Manifest>;

/** The 32 bytes an owner signs: all but the signature and later repairs, as canonical JSON. */
export function manifestDigest({
  sig: _,
  repairs: __,
  ...rest
}: Omit<Manifest, "sig"> & { readonly sig?: unknown }): Uint8Array {
  return domainHash(DOMAIN, canonicalJson(rest));
}

/**
 * Signs a manifest as its owner.
 * @throws CodedError MANIFEST_INVALID when it is longer than anybody reads: shared with too many
 */
export function signManifest(
  unsigned: Omit<Manifest, "sig">,
  sign: (digest: Uint8Array) => Uint8Array,
): Manifest {
  const manifest = { ...unsigned, sig: toHex(sign(manifestDigest(unsigned))) };
  const { length } = encodeManifest(manifest);
  if (length <= MAX_MANIFEST_BYTES) return manifest;
  throw invalid(`it is ${length - MAX_MANIFEST_BYTES} bytes too long; share it with fewer`);
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
  if (text.length > MAX_MANIFEST_BYTES) throw invalid("it is too long");
  const manifest = parse(text);
  const [k, n] = manifest.rs;
  if (k > n) throw invalid(`${k} of ${n} shards restore nothing`);
  if (manifest.wraps[0]?.to !== manifest.owner) throw invalid("its first box is not the owner's");
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
  for (const [at, { from, to }] of segments.entries()) {
    const { index, shards } = manifest.segments[at] ?? { index: -1, shards: [] };
    const fault = index === at ? checkShards(manifest, at, to - from, shards) : "it is not there";
    if (fault !== null) throw invalid(`segment ${at}: ${fault}`);
  }
  const fault = repairFault(manifest, verify);
  if (fault !== null) throw invalid(fault);
  return manifest;
}

function parse(text: string): Manifest {
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw invalid("it does not have the shape of one", cause);
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
