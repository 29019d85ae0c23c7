import { verifyEd25519, verifySr25519Fast } from "@neurond/crypto";
import { fromHex, type Hex } from "@neurond/primitives";
import { u32 } from "../scale/primitives.ts";
import { blake2b256, concat } from "./bytes.ts";
import type { SignedExtrinsic } from "./extrinsic.ts";

/** What a signature covers besides the extrinsic's own bytes: the chain it is meant for. */
export interface Implicit {
  readonly specVersion: number;
  readonly transactionVersion: number;
  readonly genesis: Hex;
  /** Hash of the first block of the era; genesis when immortal. */
  readonly birth: Hex;
}

/** Longer payloads are signed by their hash (`SignedPayload` of Substrate). */
const MAX_PLAIN_PAYLOAD = 256;

/** The bytes to sign: call, extra, implicit part; no metadata hash, for devnet has none to offer. */
export function signingPayload(
  callBytes: Uint8Array,
  extraBytes: Uint8Array,
  implicit: Implicit,
): Uint8Array {
  const payload = concat(
    callBytes,
    extraBytes,
    u32.codec.enc(implicit.specVersion),
    u32.codec.enc(implicit.transactionVersion),
    fromHex(implicit.genesis),
    fromHex(implicit.birth),
    Uint8Array.of(0),
  );
  return payload.length > MAX_PLAIN_PAYLOAD ? blake2b256(payload) : payload;
}

/** Whether the signer of an extrinsic made it for this chain. Ecdsa accounts are unknown here. */
export function isSignedFor(extrinsic: SignedExtrinsic, account: Hex, implicit: Implicit): boolean {
  const { signature, callBytes, extraBytes } = extrinsic;
  const payload = signingPayload(callBytes, extraBytes, implicit);
  switch (signature.tag) {
    case "Sr25519":
      return verifySr25519Fast(fromHex(account), payload, signature.value);
    case "Ed25519":
      return verifyEd25519(fromHex(account), payload, signature.value);
    case "Ecdsa":
      return false;
  }
}
