import type { Hotkey } from "@neurond/primitives";
import type { ManifestRecord } from "@neurond/store";
import type { ManifestCopies } from "../../ports/manifest-copies.ts";
import type { ManifestStore } from "../../ports/manifest-store.ts";
import { mayRead } from "./may-read.ts";

/** Where manifests are: of files stored through us, and copies of others'. */
export interface ManifestSources {
  readonly manifests: Pick<ManifestStore, "get">;
  readonly copies: Pick<ManifestCopies, "of">;
}

/** The manifest of a file that a caller may read; null when there is none for it. */
export async function findManifest(
  { manifests, copies }: ManifestSources,
  fileId: string,
  { hotkey, grant }: { readonly hotkey: Hotkey; readonly grant: string | undefined },
): Promise<ManifestRecord | null> {
  const isReadable = (record: ManifestRecord) => mayRead(record, hotkey, grant);
  const own = await manifests.get(fileId);
  if (own !== null && isReadable(own)) return own;
  return (await copies.of(fileId)).find(isReadable) ?? null;
}
