import { type Hotkey, isCoded, parseHotkey, publicKeyOf } from "@neurond/primitives";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Enough for every hotkey of the largest subnets; about a megabyte. */
const MAX_PEERS = 4096;
const SS58_LENGTH = 48;

/** A decoded sender. */
export interface Peer {
  readonly hotkey: Hotkey;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The key in lower-case digits without prefix. */
  readonly digits: string;
}

/**
 * Decodes ss58 text of prefix 42, remembering the peers met most recently.
 * One key has one such text, so texts may be compared in place of keys.
 */
export class PeerMemo {
  readonly #peers = new Map<string, Peer>();

  /** The peer of ss58 text, or undefined where it is not one. */
  find(text: string): Peer | undefined {
    const known = this.#peers.get(text);
    const peer = known ?? decode(text);
    if (peer === undefined) return undefined;
    // A Map iterates in order of insertion: putting it back makes it the last to be forgotten.
    if (known) this.#peers.delete(text);
    this.#peers.set(text, peer);
    if (this.#peers.size > MAX_PEERS) this.#forgetOldest();
    return peer;
  }

  #forgetOldest(): void {
    for (const oldest of this.#peers.keys()) {
      this.#peers.delete(oldest);
      return;
    }
  }
}

function decode(text: string): Peer | undefined {
  if (text.length !== SS58_LENGTH) return undefined;
  try {
    const hotkey = parseHotkey(text);
    const publicKey = publicKeyOf(hotkey);
    return { hotkey, publicKey, digits: bytesToHex(publicKey) };
  } catch (error) {
    if (isCoded(error)) return undefined;
    throw error;
  }
}
