import type { Keypair } from "@neurond/crypto";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { compactNumber } from "@polkadot-api/substrate-bindings";
import type { Submission } from "../write/ledger.ts";

/** What a signature is for, besides the call. */
export interface SigningContext {
  readonly genesis: Hex;
  readonly specVersion: number;
  readonly transactionVersion: number;
}

/** The pallet and the call in the metadata of the development chain, which is pinned. */
const SET_COMMITMENT = Uint8Array.of(18, 0);
const SHA256_TAG = 131;
/** Raw bytes of length n have the tag n + 1. */
const FIRST_RAW_TAG = 1;
const SIGNED_V4 = 0x84;
const ACCOUNT_ID = 0;
const SR25519 = 1;
/** Immortal; then, after the nonce: no tip, no hash of the metadata. */
const IMMORTAL = Uint8Array.of(0);
const NO_TIP_NO_HASH = Uint8Array.of(0, 0);

/** `Commitments.set_commitment` with the fields of a data set. */
export function commitmentCall(netuid: number, fields: Submission["fields"]): Uint8Array {
  const encoded = fields.map(({ kind, hex }) => {
    const bytes = fromHex(hex as Hex);
    return concat(
      Uint8Array.of(kind === "sha-256" ? SHA256_TAG : FIRST_RAW_TAG + bytes.length),
      bytes,
    );
  });
  return concat(SET_COMMITMENT, u16(netuid), compactNumber.enc(fields.length), ...encoded);
}

/** A signed extrinsic of format 4 with its length prefix. Calls here are short: none is signed by its hash. */
export function signedExtrinsic(
  who: Keypair,
  nonce: number,
  call: Uint8Array,
  context: SigningContext,
): Hex {
  const extra = concat(IMMORTAL, compactNumber.enc(nonce), NO_TIP_NO_HASH);
  const genesis = fromHex(context.genesis);
  const { specVersion, transactionVersion } = context;
  const implicit = concat(
    u32(specVersion),
    u32(transactionVersion),
    genesis,
    genesis,
    Uint8Array.of(0),
  );
  const signature = who.sign(concat(call, extra, implicit));
  const head = concat(
    Uint8Array.of(SIGNED_V4, ACCOUNT_ID),
    who.publicKey,
    Uint8Array.of(SR25519),
    signature,
  );
  const body = concat(head, extra, call);
  return toHex(concat(compactNumber.enc(body.length), body));
}

/** Little-endian, as SCALE has integers. */
export const u16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >>> 8);

const u32 = (value: number): Uint8Array => concat(u16(value & 0xffff), u16(value >>> 16));

/** One after the other. */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts));
