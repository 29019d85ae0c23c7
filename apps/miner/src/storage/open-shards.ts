import { join } from "node:path";
import {
  type BlobStore,
  type CredentialsSource,
  fileCredentials,
  prefixedBlobs,
  s3Blobs,
} from "@neurond/blob-store";
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
  const { kind, endpoint = "", bucket = "", region, pathStyle, prefix } = section;
  if (kind === "directory") return null;
  const credentials = credentialsOf(section);
  const store = resources.use(s3Blobs({ endpoint, bucket, region, pathStyle, credentials }));
  return prefixedBlobs(store, prefix);
}

function credentialsOf(section: BlobsSection): CredentialsSource {
  const { accessKeyId, secretAccessKey, credentialsFile = "", profile } = section;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return fileCredentials(credentialsFile, profile);
  }
  const keys = {
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
  };
  return () => keys;
}
