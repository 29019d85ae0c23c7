import type { ManifestRecord } from "@neurond/store";

/** The manifests kept for clients. */
export interface ManifestStore {
  /** False when the file has one already, and then nothing changes. */
  add(manifest: ManifestRecord): Promise<boolean>;
  /** False when what is kept is no longer `before`, and then nothing changes. */
  replace(before: ManifestRecord, after: ManifestRecord): Promise<boolean>;
  get(fileId: string): Promise<ManifestRecord | null>;
  /** A page of the files that a custodian repairs, by id, from the one after `after` on. */
  ofCustodian(custodian: string, after: string, limit: number): Promise<readonly ManifestRecord[]>;
  /** Newest first. */
  ofOwner(owner: string, limit: number): Promise<readonly ManifestRecord[]>;
}
