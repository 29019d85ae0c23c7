import { filetaoKey } from "@neurond/workload-storage/file";
import type { Call } from "../../call.ts";
import { signerOf } from "../../wallet.ts";

/** Works with the key that upstream's clients derive from a coldkey; both are wiped after. */
export async function withUpstreamKey<Value>(
  call: Call,
  work: (key: Uint8Array) => Value,
): Promise<Value> {
  const coldkey = await signerOf(call, "coldkey");
  const secret = coldkey.exportSecret();
  try {
    const key = await call.progress("deriving the key of the file", filetaoKey(secret));
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
