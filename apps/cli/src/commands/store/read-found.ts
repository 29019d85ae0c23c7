import { isCoded } from "@neurond/primitives";
import { AnyValidator, newestOf, type StorageNetwork } from "@neurond/storage-client";
import { encodeManifest, type Manifest } from "@neurond/workload-storage/file";
import type { FoundFile } from "./find-file.ts";

/** What a file is read from. */
export interface ReadSource {
  readonly manifest: Manifest;
  readonly network: Pick<StorageNetwork, "fetch">;
}

/**
 * Reads a file through whichever validator answers: by the record that is known, and by the newest there
 * is when its shards have moved since.
 */
export async function readFound<Value>(
  { manifest, network, others }: Pick<FoundFile, "manifest" | "network" | "others">,
  signal: AbortSignal,
  read: (from: ReadSource) => Promise<Value>,
): Promise<Value> {
  const through = (one: Manifest): ReadSource => ({
    manifest: one,
    network: new AnyValidator({ manifest: one, first: network, others }),
  });
  try {
    return await read(through(manifest));
  } catch (error) {
    if (!isCoded(error, "SHARD_MISSING")) throw error;
    const all = [network, ...(await others())];
    const isSame = ({ owner }: Manifest) => owner === manifest.owner;
    const newest = await newestOf(all, manifest.id, signal, isSame).catch(() => null);
    signal.throwIfAborted();
    const isNews = newest !== null && encodeManifest(newest.manifest) !== encodeManifest(manifest);
    if (!isNews || newest.manifest.revision < manifest.revision) throw error;
    return read(through(newest.manifest));
  }
}
