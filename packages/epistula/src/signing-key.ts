import type { Scheme } from "@neurond/crypto";
import { CodedError, type Hotkey, hotkeyOf } from "@neurond/primitives";
import type { EpistulaCode } from "./errors.ts";

/** What signs: a `Keypair`, or a stand-in for a key kept elsewhere. */
export interface SigningKey {
  readonly scheme: Scheme;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** `random` is 32 bytes, mixed into an sr25519 nonce so that a fault while signing leaks nothing. */
  sign(message: Uint8Array, random: Uint8Array): Uint8Array;
}

/** Hotkey of a key that can sign Epistula, whose every verifier assumes sr25519. */
export function requireSr25519(key: SigningKey): Hotkey {
  if (key.scheme === "sr25519") return hotkeyOf(key.publicKey);
  throw signInputInvalid(`Epistula is signed with sr25519, not ${key.scheme}: use btauth/1`);
}

/** The error of a request that cannot be signed as it is. */
export function signInputInvalid(reason: string): CodedError<EpistulaCode> {
  return new CodedError("SIGN_INPUT_INVALID", `cannot sign: ${reason}`);
}
