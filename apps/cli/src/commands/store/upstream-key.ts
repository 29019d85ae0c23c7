import { naclKey } from "@neurond/chain/wallet";
import type { Call } from "../../call.ts";
import { signerOf } from "../../wallet.ts";

/**
 * Works with the key that upstream's clients derive from a coldkey; both are wiped after. It is that of a
 * key file whose password are the digits of the 64-byte secret, its scalar as sr25519 has it.
 */
export async function withUpstreamKey<Value>(
  call: Call,
  work: (key: Uint8Array) => Value,
): Promise<Value> {
  const coldkey = await signerOf(call, "coldkey");
  const secret = coldkey.exportSecret();
  try {
    const digits = Buffer.from(secret).toString("hex");
    const key = await call.progress("deriving the key of the file", naclKey(digits));
    try {
      return work(key);
    } finally {
      key.fill(0);
    }
  } finally {
    secret.fill(0);
    coldkey.wipe();
  }
}
