import type { Verify } from "@neurond/crypto";
import {
  CodedError,
  canonicalJson,
  domainHash,
  fromHex,
  type Hex,
  type Hotkey,
  publicKeyOf,
  toHex,
} from "@neurond/primitives";
import { x25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { z } from "zod";
import type { StorageCode } from "../errors.ts";
import { field } from "../fields.ts";
import type { Manifest } from "./manifest.ts";
import { nextRevision, type UnsignedManifest } from "./next-revision.ts";
import { openSecrets } from "./owner-box.ts";
import { openSealed, sealFor } from "./sealed-box.ts";

const DOMAIN = "filetao/custody-key/v1";
const ID_BYTES = 32;

/** What a custodian tells owners: the key that seal secrets are boxed for, signed by its hotkey. */
export const CustodyKey = z.strictObject({
  hotkey: field.hotkey,
  /** X25519. */
  public_key: field.hash,
  sig: field.signature,
});
export type CustodyKey = z.infer<typeof CustodyKey>;

/** The X25519 pair of a custodian, derived from the key that boxes its own files' secrets. */
export function custodyKeys(ownerKey: Uint8Array): {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
} {
  const secret = hkdf(sha256, ownerKey, undefined, utf8ToBytes("filetao/custody/v1"), 32);
  return { secret, publicKey: x25519.getPublicKey(secret) };
}

/** Signs a custodian's key with its hotkey. */
export function signCustodyKey(
  hotkey: Hotkey,
  publicKey: Uint8Array,
  sign: (digest: Uint8Array) => Uint8Array,
): CustodyKey {
  const unsigned = { hotkey, public_key: toHex(publicKey) };
  return { ...unsigned, sig: toHex(sign(digestOf(unsigned))) };
}

/** Whether the hotkey signed this key: who stands between cannot put in its own. */
export function isCustodyKeySigned(key: CustodyKey, verify: Verify): boolean {
  return verify(publicKeyOf(key.hotkey), digestOf(key), fromHex(key.sig));
}

/** Who may repair all of a file; null when nobody but its owner can. */
export function custodianOf({ segments }: Pick<Manifest, "segments">): Hotkey | null {
  const [first = null, ...others] = new Set(
    segments.flatMap(({ shards }) => shards.map(({ custodian }) => custodian)),
  );
  return others.length > 0 ? null : first;
}

/**
 * Names a custodian in place of an earlier one, and boxes the seal secret for it; the content's key
 * stays with the owner. `ephemeral` is 32 random bytes.
 * @throws CodedError KEY_INVALID unless `ownerKey` is the owner's
 */
export function entrust(
  manifest: Manifest,
  ownerKey: Uint8Array,
  { hotkey, public_key }: Pick<CustodyKey, "hotkey" | "public_key">,
  ephemeral: Uint8Array,
): UnsignedManifest {
  const { seal_secret } = openSecrets(fromHex(manifest.wraps[0]?.box ?? "0x"), ownerKey);
  const plain = concatBytes(fromHex(manifest.id), fromHex(seal_secret));
  const box = toHex(sealFor(fromHex(public_key), plain, ephemeral));
  const next = withCustodian(manifest, hotkey);
  const isOwner = hotkey === manifest.owner;
  return isOwner ? next : { ...next, wraps: [...next.wraps, { to: hotkey, box }] };
}

/**
 * Names no custodian any more: what the former one signs from now on counts for nothing, and no
 * validator gives it shards. It still knows the seal secret.
 */
export function withdraw(manifest: Manifest): UnsignedManifest {
  return withCustodian(manifest, null);
}

/**
 * The seal secret that an owner boxed for a custodian.
 * @throws CodedError KEY_INVALID when there is none for it, of this file
 */
export function openCustody(
  { id, wraps }: Pick<Manifest, "id" | "wraps">,
  custodian: Hotkey,
  secret: Uint8Array,
): Uint8Array {
  const box = wraps.slice(1).find(({ to }) => to === custodian)?.box;
  const plain = box === undefined ? new Uint8Array() : openSealed(fromHex(box), secret);
  // A box copied out of another's manifest opens, too.
  if (plain.length === 2 * ID_BYTES && toHex(plain.subarray(0, ID_BYTES)) === id) {
    return plain.slice(ID_BYTES);
  }
  throw new CodedError<StorageCode>("KEY_INVALID", "the manifest holds no seal secret for us");
}

function withCustodian(manifest: Manifest, custodian: Hotkey | null): UnsignedManifest {
  const next = nextRevision(manifest);
  const [own, ...others] = next.wraps;
  const kept = others.filter(({ to }) => to.startsWith("0x"));
  return {
    ...next,
    segments: next.segments.map(({ index, shards }) => ({
      index,
      shards: shards.map((shard) => ({ ...shard, custodian })),
    })),
    wraps: own === undefined ? kept : [own, ...kept],
  };
}

function digestOf({
  hotkey,
  public_key,
}: {
  readonly hotkey: Hotkey;
  readonly public_key: Hex;
}): Uint8Array {
  return domainHash(DOMAIN, canonicalJson({ hotkey, public_key }));
}
