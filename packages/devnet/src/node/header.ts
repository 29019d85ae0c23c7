import type { Hex } from "@neurond/primitives";
import { toHex } from "@neurond/primitives";
import { digest, digestItem } from "../pallets/system/storage.ts";
import { struct, vec } from "../scale/compose.ts";
import { h256 } from "../scale/known.ts";
import { bytes, compactU32 } from "../scale/primitives.ts";
import type { ValueOf } from "../scale/type.ts";
import { blake2b256, concat, hashOf } from "./bytes.ts";

/** `sp_runtime::generic::Header`. */
export const headerType = struct(["sp_runtime", "generic", "header", "Header"], {
  parent_hash: h256,
  number: compactU32,
  state_root: h256,
  extrinsics_root: h256,
  digest,
});
export type Header = ValueOf<typeof headerType>;
export type DigestItem = ValueOf<typeof digestItem>;

/** A block's name: the hash of its encoded header. */
export const headerHash = (header: Header): Hex => hashOf(headerType.codec.enc(header));

const AURA = new TextEncoder().encode("aura");

/** Tells the time slot in which a block was made. */
export function auraPreRuntime(slot: number): DigestItem {
  const encoded = new Uint8Array(8);
  new DataView(encoded.buffer).setBigUint64(0, BigInt(slot), true);
  return { tag: "PreRuntime", value: [AURA, encoded] };
}

/** A number for the list of extrinsics; not a Merkle root, which no client checks. */
export const extrinsicsRoot = (extrinsics: readonly Uint8Array[]): Hex =>
  toHex(blake2b256(concat(...extrinsics.map(blake2b256))));

/** The header as JSON-RPC writes it. */
export const headerJson = (header: Header) => ({
  parentHash: header.parent_hash,
  number: `0x${header.number.toString(16)}`,
  stateRoot: header.state_root,
  extrinsicsRoot: header.extrinsics_root,
  digest: { logs: header.digest.logs.map((log) => toHex(digestItem.codec.enc(log))) },
});

/** The extrinsics of a block as the journal keeps them. */
export const extrinsicList = vec(bytes);
