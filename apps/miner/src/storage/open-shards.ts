import { join } from "node:path";
import { type BlobStore, prefixedBlobs } from "@neurond/blob-store";
import { openS3 } from "@neurond/blob-store/section";
import { blobBodies, ShardStore } from "@neurond/workload-storage/io";
import type { Config } from "../config.ts";
import type { BlobsSection } from "./blobs-section.ts";

/** Opens the shards of a miner where its settings say they are. */
export async function openShards(
  { directory, quotaBytes, keepFreeBytes, blobs }: Config["storage"],
  resources: AsyncDisposableStack,
): Promise<ShardStore> {
  const remote = blobsOf(blobs, resources);
  return ShardStore.open({
    directory,
    capacityBytes: quotaBytes,
    reserveBytes: keepFreeBytes,
    ...(remote !== null && {
      bodies: await blobBodies({ blobs: remote, notes: join(directory, "under-way") }),
    }),
  });
}

/** The section is checked: what a kind needs is there. */
function blobsOf(section: BlobsSection, resources: AsyncDisposableStack): BlobStore | null {
  if (section.kind === "directory") return null;
  return prefixedBlobs(resources.use(openS3(section)), section.prefix);
}
