import type { ValidatorNetwork } from "@neurond/storage-client";
import {
  type Manifest,
  readersOf,
  signManifest,
  type UnsignedManifest,
} from "@neurond/workload-storage/file";
import type { Call } from "../../call.ts";
import type { FoundFile } from "./find-file.ts";
import { hashFileOf } from "./hash-file.ts";
import { spread } from "./other-validators.ts";
import type { Signatory } from "./owner.ts";
import { amend } from "./remember.ts";
import { localFilesOf } from "./store-options.ts";

/** A file's record as it is now, and which validators beside its own have it. */
export interface Published {
  readonly manifest: Manifest;
  readonly keepers: readonly ValidatorNetwork[];
}

/** Whose record it is, and who keeps it. */
export interface Publishing extends Pick<FoundFile, "network" | "isHome" | "keepers"> {
  readonly signatory: Signatory;
}

/**
 * Signs a revision. The file's validator keeps it first, because it decides who is served; then it is
 * kept here, and by other validators.
 */
export async function publish(
  call: Call,
  { network, signatory, isHome, keepers: others }: Publishing,
  unsigned: UnsignedManifest,
): Promise<Published> {
  const manifest = signManifest(unsigned, (digest) => signatory.key.sign(digest));
  await call.progress("having the new record kept", network.keep(manifest, call.signal));
  const local = localFilesOf(call);
  const { hotkey: validator, url } = network;
  const record = { manifest, validator, url: url.href };
  await local.save({ ...record, keepers: isHome ? others : [] });
  const wraps = [manifest.owner, ...readersOf(manifest)];
  await amend(hashFileOf(call), manifest.id, { wraps }, call.signal);
  const keepers = await spread(call, manifest, others);
  // One that was away still has an older revision: it gets the next one.
  if (!isHome) await local.save({ ...record, keepers });
  return { manifest, keepers };
}
