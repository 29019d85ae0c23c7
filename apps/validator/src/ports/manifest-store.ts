import type { BlockNumber } from "@neurond/primitives";

/** How a stored file is put together again, as its owner signed it. */
export interface ManifestRecord {
  readonly fileId: string;
  readonly owner: string;
  readonly text: string;
  readonly createdMs: number;
  readonly expiresBlock: BlockNumber;
}

/** The manifests kept for clients. */
export interface ManifestStore {
  /** False when the file has one already, and then nothing changes. */
  add(manifest: ManifestRecord): Promise<boolean>;
  get(fileId: string): Promise<ManifestRecord | null>;
  /** Newest first. */
  ofOwner(owner: string, limit: number): Promise<readonly ManifestRecord[]>;
}
