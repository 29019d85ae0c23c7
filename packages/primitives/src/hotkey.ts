import { isCoded } from "./errors.ts";
import { decodeSs58, encodeSs58 } from "./ss58.ts";

declare const hotkey: unique symbol;
declare const coldkey: unique symbol;

/** Checked ss58 text (prefix 42) of the key a neuron works and signs with. */
export type Hotkey = string & { readonly [hotkey]: true };

/** Checked ss58 text (prefix 42) of the key that owns stake and hotkeys. */
export type Coldkey = string & { readonly [coldkey]: true };

/** Checks ss58 text from outside and brands it as a hotkey. */
export function parseHotkey(text: string): Hotkey {
  decodeSs58(text);
  return text as Hotkey;
}

/** The hotkey that a text from outside writes; null when it writes none. */
export function readHotkey(text: string): Hotkey | null {
  try {
    return parseHotkey(text);
  } catch (error) {
    if (isCoded(error, "SS58_INVALID")) return null;
    throw error;
  }
}

/** Checks ss58 text from outside and brands it as a coldkey. */
export function parseColdkey(text: string): Coldkey {
  decodeSs58(text);
  return text as Coldkey;
}

/** The hotkey of a 32-byte public key. */
export function hotkeyOf(publicKey: Uint8Array): Hotkey {
  return encodeSs58(publicKey) as Hotkey;
}

/** The coldkey of a 32-byte public key. */
export function coldkeyOf(publicKey: Uint8Array): Coldkey {
  return encodeSs58(publicKey) as Coldkey;
}

/** The 32-byte public key, in the order the chain stores it. */
export function publicKeyOf(key: Hotkey | Coldkey): Uint8Array {
  return decodeSs58(key);
}

/** The account of 32 zero bytes, which the chain writes where an owner is "none". */
export const ZERO_ACCOUNT = encodeSs58(new Uint8Array(32)) as Hotkey & Coldkey;
