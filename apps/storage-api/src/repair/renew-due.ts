import type { Logger } from "@neurond/runtime";
import type { VaultFile, VaultFiles } from "@neurond/store";
import { Manifest, nextRevision, signManifest } from "@neurond/workload-storage/file";
import type { NodeFiles } from "../network/node-files.ts";
import type { Validators } from "../network/validators.ts";

export interface RenewDeps {
  readonly stored: VaultFiles;
  readonly files: NodeFiles;
  readonly validators: Validators;
  readonly log: Logger;
  readonly now: () => number;
}

const PAGE = 100;
const BLOCK_MS = 12_000;
/** A file is renewed when less than this share of its last term is left. */
const SHARE_LEFT = 1 / 3;

/**
 * Renews files whose term is nearing its end: an object stays until it is deleted, or until its own time
 * is over, however short the terms of miners are. Nothing is noted before the validator keeps the longer term. Returns how many.
 */
export async function renewDue(deps: RenewDeps, signal: AbortSignal): Promise<number> {
  const { stored, validators, log, now } = deps;
  const heads = new Map<string, number>();
  for (const network of await validators.all(signal)) {
    heads.set(network.hotkey, await validators.block(network, signal));
  }
  let renewed = 0;
  for (let after = ""; ; ) {
    const page = await stored.page(after, PAGE);
    const ends = await stored.ends(page.map(({ fileId }) => fileId));
    for (const file of page) {
      after = file.fileId;
      const head = heads.get(file.validator);
      const endsMs = ends.get(file.fileId);
      const left = endsMs === undefined ? undefined : Math.ceil((endsMs - now()) / BLOCK_MS);
      if (head === undefined || !isDue(file, head, left)) continue;
      try {
        await renew(deps, file, left, signal);
        renewed += 1;
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ error, file: file.fileId }, "a file could not be renewed; tried again later");
      }
    }
    if (page.length < PAGE) return renewed;
  }
}

/** What is promised for as long as its objects stay is not renewed: `left` are the blocks they do. */
function isDue({ manifest }: VaultFile, head: number, left: number | undefined): boolean {
  const { created, expires } = Manifest.parse(JSON.parse(manifest));
  if (left !== undefined && head + left <= expires) return false;
  return expires - head < (expires - created) * SHARE_LEFT;
}

/** The manifest's term begins anew, so that the next renewal is measured by it. */
async function renew(
  { files, validators }: RenewDeps,
  file: VaultFile,
  left: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const network = await validators.of(file.validator, signal);
  const { expires } = await network.renew(file.fileId, signal, left);
  const manifest = await files.manifestOf(file, signal);
  if (manifest === null) return;
  const created = await validators.block(network, signal);
  const signed = signManifest({ ...nextRevision(manifest), created, expires }, files.sign);
  await network.keep(signed, signal);
  await files.update(signed);
  await validators.copy(signed, network.hotkey, signal);
}
