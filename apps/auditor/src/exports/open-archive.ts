import { type BlobStore, directoryBlobs, prefixedBlobs } from "@neurond/blob-store";
import { openS3 } from "@neurond/blob-store/section";
import { type Hotkey, publicKeyOf, toHex } from "@neurond/primitives";
import type { Archive } from "@neurond/warehouse";
import type { ArchiveSection } from "./archive-section.ts";

/** What is behind the window of each validator; undefined where nothing is. */
export function openArchive(
  section: ArchiveSection,
  resources: AsyncDisposableStack,
): (validator: Hotkey) => Archive | undefined {
  const blobs = blobsOf(section, resources);
  return (validator) => {
    if (blobs === null) return undefined;
    // In hexadecimal: some disks do not tell the two cases of a letter apart.
    const below = `${section.prefix}/${toHex(publicKeyOf(validator))}`;
    return { blobs: prefixedBlobs(blobs, below), cacheBytes: section.cacheBytes };
  };
}

/** The section is checked: what a kind needs is there. */
function blobsOf(section: ArchiveSection, resources: AsyncDisposableStack): BlobStore | null {
  const { kind, directory = "" } = section;
  if (kind === "none") return null;
  if (kind === "directory") return directoryBlobs(directory);
  return resources.use(openS3(section));
}
