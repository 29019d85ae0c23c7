import type { Hotkey } from "@neurond/primitives";
import type { UnsignedManifest } from "@neurond/workload-storage";
import { type Manifest, readersOf, signManifest } from "@neurond/workload-storage";
import type { Call } from "../../call.ts";
import { hashFileOf } from "./hash-file.ts";
import { spread } from "./other-validators.ts";
import type { OwnFile } from "./own-file.ts";
import { amend } from "./remember.ts";
import { localFilesOf } from "./store-options.ts";

/** A file's record as it is now, and which validators beside its own have it. */
export interface Published {
  readonly manifest: Manifest;
  readonly keepers: readonly Hotkey[];
}

/**
 * Signs a revision. The file's validator keeps it first, because it decides who is served; then it is
 * kept here, and by other validators.
 */
export async function publish(
  call: Call,
  { network, signatory }: Pick<OwnFile, "network" | "signatory">,
  unsigned: UnsignedManifest,
): Promise<Published> {
  const manifest = signManifest(unsigned, (digest) => signatory.key.sign(digest));
  await call.progress("having the new record kept", network.keep(manifest, call.signal));
  const { hotkey: validator, url } = network;
  await localFilesOf(call).save({ manifest, validator, url: url.href });
  const wraps = [manifest.owner, ...readersOf(manifest)];
  await amend(hashFileOf(call), manifest.id, { wraps }, call.signal);
  const keepers = await spread(call, signatory.key, { manifest, home: validator });
  return { manifest, keepers };
}
