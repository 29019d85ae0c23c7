import type { Vault } from "@neurond/s3";
import type { StorageApiMetrics } from "../metrics.ts";

/** A vault whose traffic is counted. */
export function countedVault(vault: Vault, metrics: Pick<StorageApiMetrics, "vaultBytes">): Vault {
  const counted = async function* (bytes: AsyncIterable<Uint8Array>, direction: "in" | "out") {
    for await (const chunk of bytes) {
      metrics.vaultBytes.inc({ direction }, chunk.length);
      yield chunk;
    }
  };
  return {
    put: (body, options) => vault.put(counted(body, "in"), options),
    get: (id, range, signal) => counted(vault.get(id, range, signal), "out"),
    remove: (id, signal) => vault.remove(id, signal),
  };
}
