import { isCoded } from "@neurond/primitives";
import { type Manifest, openFile, ownerKey, sharingKeys } from "@neurond/workload-storage/file";

/** A key that everybody has: what is boxed for it is not encrypted, whatever it looks like. */
const EVERYBODY = ownerKey(new Uint8Array(64));

/** Where to a file is shared that is to be readable without a coldkey (`--noencrypt`). */
export const EVERYBODYS_ADDRESS: Uint8Array = sharingKeys(EVERYBODY).publicKey;

/** A file as one of its readers sees it. */
export interface OpenedFile extends ReturnType<typeof openFile> {
  /** The key it opened with. */
  readonly key: Uint8Array;
}

/**
 * Opens a file with a coldkey's key, or as one that is open to everybody.
 * @throws CodedError KEY_INVALID
 */
export function openReadable(manifest: Manifest, boxKey: Uint8Array): OpenedFile {
  try {
    return { ...openFile(manifest, boxKey), key: boxKey };
  } catch (error) {
    if (!isCoded(error, "KEY_INVALID")) throw error;
    const asEverybody = tryOpen(manifest, EVERYBODY);
    if (asEverybody === null) throw error;
    return asEverybody;
  }
}

/** The name of a file, as far as this key opens it. */
export function nameOf(manifest: Manifest, { bytes }: { readonly bytes: Uint8Array }) {
  return tryOpen(manifest, bytes)?.name ?? tryOpen(manifest, EVERYBODY)?.name ?? null;
}

function tryOpen(manifest: Manifest, key: Uint8Array): OpenedFile | null {
  try {
    return { ...openFile(manifest, key), key };
  } catch (error) {
    if (isCoded(error, "KEY_INVALID")) return null;
    throw error;
  }
}
