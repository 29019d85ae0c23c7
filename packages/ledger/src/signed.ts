import type { Verify } from "@neurond/crypto";
import {
  canonicalJson,
  fromHex,
  type Hex,
  type Hotkey,
  publicKeyOf,
  toHex,
} from "@neurond/primitives";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** Whoever can sign for a hotkey, such as a keypair. */
export interface Signer {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

const SIGNATURE = /^0x[0-9a-fA-F]{128}$/;
const WRAP_OPEN = utf8ToBytes("<Bytes>");
const WRAP_CLOSE = utf8ToBytes("</Bytes>");

/** What is signed: the domain, a newline, and the canonical JSON of the body without `signature`. */
export function signedBytes(domain: string, body: object): Uint8Array {
  const { signature: _, ...unsigned } = body as { readonly signature?: unknown };
  return utf8ToBytes(`${domain}\n${canonicalJson(unsigned)}`);
}

/** The body with its signature, 64 bytes of sr25519 in the context `substrate`. */
export function signBody<Body extends object>(
  domain: string,
  body: Body,
  signer: Signer,
): Body & { readonly signature: Hex } {
  return { ...body, signature: toHex(signer.sign(signedBytes(domain, body))) };
}

/** Whether `hotkey` signed the body, plain or as browser wallets wrap it: `<Bytes>…</Bytes>`. */
export function isSignedBy(
  domain: string,
  body: object & { readonly signature: string },
  hotkey: Hotkey,
  verify: Verify,
): boolean {
  if (!SIGNATURE.test(body.signature)) return false;
  const signature = fromHex(body.signature);
  const publicKey = publicKeyOf(hotkey);
  const message = signedBytes(domain, body);
  return (
    verify(publicKey, message, signature) ||
    verify(publicKey, concatBytes(WRAP_OPEN, message, WRAP_CLOSE), signature)
  );
}
