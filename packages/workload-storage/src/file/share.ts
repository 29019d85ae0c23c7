import { CodedError, canonicalJson, fromHex, type Hex, toHex } from "@neurond/primitives";
import { bytesToUtf8 } from "@noble/ciphers/utils.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { StorageCode } from "../errors.ts";
import { field } from "../fields.ts";
import type { Manifest } from "./manifest.ts";
import { nextRevision, type UnsignedManifest } from "./next-revision.ts";
import { boxSecrets, OwnerSecrets, openSecrets } from "./owner-box.ts";
import { shardsOf } from "./repair.ts";
import { openSealed, sealFor } from "./sealed-box.ts";
import { sealKeyOf } from "./sealing.ts";

const { data_key, nonce_prefix, name, size, sha256: digest } = OwnerSecrets.shape;

/**
 * What a grantee may know: how to read the shards that are there. Never the seal secret, with which
 * the shards of miners to come could be made from one copy; keys of shards repaired later are not
 * in it either, and the owner shares again when k of a segment's shards have moved.
 */
const Grant = z.strictObject({
  data_key,
  nonce_prefix,
  name,
  size,
  sha256: digest,
  /** Seal keys by shard id. */
  seal_keys: z.record(z.string(), field.hash),
});
type Grant = z.infer<typeof Grant>;

/** What reading a file takes. */
export interface FileSecrets {
  readonly dataKey: Uint8Array;
  readonly noncePrefix: Uint8Array;
  readonly name: string;
  /** Bytes before encryption. */
  readonly size: number;
  /** SHA-256 before encryption. */
  readonly sha256: Hex;
  /** The key that unseals a shard; null when it was not handed out. */
  readonly sealKey: (shardId: Hex) => Uint8Array | null;
}

/** An X25519 pair for receiving grants, derived from the key that boxes the receiver's own files. */
export function sharingKeys(ownerKey: Uint8Array): {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
} {
  const secret = hkdf(sha256, ownerKey, undefined, utf8ToBytes("filetao/share/v1"), 32);
  return { secret, publicKey: x25519.getPublicKey(secret) };
}

/**
 * Opens a file as its owner or, else, as one of those it was shared with.
 * @throws CodedError KEY_INVALID
 */
export function openFile({ wraps }: Manifest, ownerKey: Uint8Array): FileSecrets {
  const mine = toHex(sharingKeys(ownerKey).publicKey);
  const grant = wraps.slice(1).find(({ to }) => to === mine);
  if (grant !== undefined) return ofGrant(openGrant(grant.box, ownerKey));
  const secrets = openSecrets(fromHex(wraps[0]?.box ?? "0x"), ownerKey);
  const sealSecret = fromHex(secrets.seal_secret);
  return {
    dataKey: fromHex(secrets.data_key),
    noncePrefix: fromHex(secrets.nonce_prefix),
    name: secrets.name,
    size: secrets.size,
    sha256: secrets.sha256,
    sealKey: (shardId) => sealKeyOf(sealSecret, fromHex(shardId)),
  };
}

/**
 * Lets the holder of an X25519 key read a file. `ephemeral` is 32 random bytes.
 * @throws CodedError KEY_INVALID unless `ownerKey` is the owner's
 */
export function shareWith(
  manifest: Manifest,
  ownerKey: Uint8Array,
  recipient: Uint8Array,
  ephemeral: Uint8Array,
): UnsignedManifest {
  const secrets = openSecrets(fromHex(manifest.wraps[0]?.box ?? "0x"), ownerKey);
  const sealSecret = fromHex(secrets.seal_secret);
  const shards = manifest.segments.flatMap(({ index }) => shardsOf(manifest, index));
  const grant: Grant = {
    data_key: secrets.data_key,
    nonce_prefix: secrets.nonce_prefix,
    name: secrets.name,
    size: secrets.size,
    sha256: secrets.sha256,
    seal_keys: Object.fromEntries(
      shards.map(({ shard_id }) => [shard_id, toHex(sealKeyOf(sealSecret, fromHex(shard_id)))]),
    ),
  };
  const box = sealFor(recipient, utf8ToBytes(canonicalJson(grant)), ephemeral);
  const others = unshare(manifest, recipient);
  return { ...others, wraps: [...others.wraps, { to: toHex(recipient), box: toHex(box) }] };
}

/** The X25519 keys of those a file is shared with. */
export function readersOf({ wraps }: Pick<Manifest, "wraps">): readonly Hex[] {
  return wraps.flatMap(({ to }) => (isBoxKey(to) ? [to] : []));
}

/** Takes a grant back. Whoever read the file before has its key: other bytes need another file. */
export function unshare(manifest: Manifest, recipient: Uint8Array): UnsignedManifest {
  const [own, ...grants] = manifest.wraps;
  const left = grants.filter(({ to }) => to !== toHex(recipient));
  return { ...nextRevision(manifest), wraps: own === undefined ? left : [own, ...left] };
}

/**
 * Boxes a file's secrets under another key of the owner's; no data move. `nonce` is 24 random bytes.
 * @throws CodedError KEY_INVALID unless `from` is the owner's
 */
export function rotateOwnerKey(
  manifest: Manifest,
  { from, to }: { readonly from: Uint8Array; readonly to: Uint8Array },
  nonce: Uint8Array,
): UnsignedManifest {
  const [own, ...grants] = manifest.wraps;
  const secrets = openSecrets(fromHex(own?.box ?? "0x"), from);
  const box = toHex(boxSecrets(secrets, to, nonce));
  return { ...nextRevision(manifest), wraps: [{ to: manifest.owner, box }, ...grants] };
}

/** Boxes of readers go to a key, those of owner and custodian to a hotkey. */
function isBoxKey(to: string): to is Hex {
  return to.startsWith("0x");
}

function openGrant(box: Hex, ownerKey: Uint8Array): Grant {
  const parsed = Grant.safeParse(
    parseJson(bytesToUtf8(openSealed(fromHex(box), sharingKeys(ownerKey).secret))),
  );
  if (parsed.success) return parsed.data;
  throw new CodedError<StorageCode>("KEY_INVALID", "the box holds no grant of this version");
}

function ofGrant(grant: Grant): FileSecrets {
  return {
    dataKey: fromHex(grant.data_key),
    noncePrefix: fromHex(grant.nonce_prefix),
    name: grant.name,
    size: grant.size,
    sha256: grant.sha256,
    sealKey: (shardId) => {
      const key = grant.seal_keys[shardId];
      return key === undefined ? null : fromHex(key);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
