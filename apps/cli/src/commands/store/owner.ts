import type { Keypair } from "@neurond/crypto";
import { type Hotkey, hotkeyOf } from "@neurond/primitives";
import { ownerKey } from "@neurond/workload-storage/file";
import type { Call } from "../../call.ts";
import { signerOf } from "../../wallet.ts";

/** The key that requests and manifests are signed with. */
export interface Signatory extends Disposable {
  readonly key: Keypair;
  readonly hotkey: Hotkey;
}

/** Opens the hotkey of a call; it is wiped when disposed of. */
export async function openSignatory(call: Call): Promise<Signatory> {
  const key = await signerOf(call, "hotkey");
  return { key, hotkey: hotkeyOf(key.publicKey), [Symbol.dispose]: () => key.wipe() };
}

/** The key that opens a file's secrets. */
export interface BoxKey extends Disposable {
  readonly bytes: Uint8Array;
}

/**
 * Derives from the coldkey what boxes a file's keys: whoever steals the hotkey, which lies on
 * servers, still reads nothing. The coldkey itself is wiped at once.
 */
export async function openBoxKey(call: Call): Promise<BoxKey> {
  const coldkey = await signerOf(call, "coldkey");
  const secret = coldkey.exportSecret();
  try {
    const bytes = ownerKey(secret);
    return { bytes, [Symbol.dispose]: () => void bytes.fill(0) };
  } finally {
    secret.fill(0);
    coldkey.wipe();
  }
}
