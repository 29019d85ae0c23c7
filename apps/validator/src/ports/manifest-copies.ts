import type { BlockNumber } from "@neurond/primitives";
import type { ManifestRecord } from "@neurond/store";

/** Manifests kept for files that were stored through other validators. */
export interface ManifestCopies {
  /** The copies of a file, one for each who says that it is its own. */
  of(fileId: string): Promise<readonly ManifestRecord[]>;
  /** False when what is there is no longer `before`, or all would take more than `maxBytes`. */
  keep(before: ManifestRecord | null, after: ManifestRecord, maxBytes: number): Promise<boolean>;
  /** Forgets an owner's copy; whether there was one. */
  remove(fileId: string, owner: string): Promise<boolean>;
  purge(before: BlockNumber): Promise<void>;
}
