import { type Hex, isCoded } from "@neurond/primitives";
import { type Manifest, newestManifest } from "@neurond/workload-storage/file";
import { refusalOf } from "./validator-channel.ts";
import type { ValidatorNetwork } from "./validator-network.ts";

/** A manifest, and who gave the newest of it. */
export interface FoundManifest {
  readonly manifest: Manifest;
  readonly network: ValidatorNetwork;
}

/**
 * The newest manifest of a file that validators have, all of them asked at once: one that was away for
 * a while, or lies, may show an older revision, and no one can show a newer than was signed. Manifests
 * that `isWanted` refuses count for nothing; null when there is no other.
 * @throws CodedError what a validator said, when every one of them failed otherwise than by not having it
 */
export async function newestOf(
  networks: readonly ValidatorNetwork[],
  fileId: Hex,
  signal: AbortSignal,
  isWanted: (manifest: Manifest) => boolean = () => true,
): Promise<FoundManifest | null> {
  const asked = await Promise.allSettled(
    networks.map(async (network) => ({
      network,
      manifest: await network.manifest(fileId, signal),
    })),
  );
  signal.throwIfAborted();
  let newest: FoundManifest | null = null;
  let failure: unknown;
  let isKnown = false;
  for (const one of asked) {
    if (one.status === "rejected") {
      if (!isCoded(one.reason)) throw one.reason;
      if (refusalOf(one.reason) === "FILE_UNKNOWN") isKnown = true;
      else failure ??= one.reason;
      continue;
    }
    isKnown = true;
    const { network, manifest } = one.value;
    if (!isWanted(manifest)) continue;
    if (newest === null) newest = { network, manifest };
    else if (newest.manifest.owner === manifest.owner) {
      const newer = newestManifest(newest.manifest, manifest);
      if (newer !== newest.manifest) newest = { network, manifest: newer };
    }
  }
  if (newest === null && !isKnown && failure !== undefined) throw failure;
  return newest;
}
