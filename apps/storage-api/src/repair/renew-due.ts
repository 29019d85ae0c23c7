import type { Logger } from "@neurond/runtime";
import type { VaultFile, VaultFiles } from "@neurond/store";
import { Manifest, settledSegments, signManifest } from "@neurond/workload-storage";
import type { NodeFiles } from "../network/node-files.ts";
import type { Validators } from "../network/validators.ts";

export interface RenewDeps {
  readonly stored: VaultFiles;
  readonly files: NodeFiles;
  readonly validators: Validators;
  readonly log: Logger;
}

const PAGE = 100;
/** A file is renewed when less than this share of its last term is left. */
const SHARE_LEFT = 1 / 3;

/**
 * Renews files whose term is nearing its end: an object stays until it is deleted, however short the
 * terms of miners are. Nothing is noted before the validator keeps the longer term. Returns how many.
 */
export async function renewDue(deps: RenewDeps, signal: AbortSignal): Promise<number> {
  const { stored, validators, log } = deps;
  const heads = new Map<string, number>();
  for (const network of await validators.all(signal)) {
    heads.set(network.hotkey, await validators.block(network, signal));
  }
  let renewed = 0;
  for (let after = ""; ; ) {
    const page = await stored.page(after, PAGE);
    for (const file of page) {
      after = file.fileId;
      const head = heads.get(file.validator);
      if (head === undefined || !isDue(file, head)) continue;
      try {
        await renew(deps, file, signal);
        renewed += 1;
      } catch (error) {
        signal.throwIfAborted();
        log.warn({ error, file: file.fileId }, "a file could not be renewed; tried again later");
      }
    }
    if (page.length < PAGE) return renewed;
  }
}

function isDue({ manifest }: VaultFile, head: number): boolean {
  const { created, expires } = Manifest.parse(JSON.parse(manifest));
  return expires - head < (expires - created) * SHARE_LEFT;
}

/** The manifest's term begins anew, so that the next renewal is measured by it. */
async function renew(
  { files, validators }: RenewDeps,
  file: VaultFile,
  signal: AbortSignal,
): Promise<void> {
  const network = await validators.of(file.validator, signal);
  const { expires } = await network.renew(file.fileId, signal);
  const fresh = await files.refresh(file, signal);
  if (fresh === null) return;
  const { sig: _, repairs: __, ...rest } = fresh.checked;
  const created = await validators.block(network, signal);
  const segments = settledSegments(fresh.checked);
  const next = { ...rest, segments, created, expires, revision: rest.revision + 1 };
  const signed = signManifest(next, files.sign);
  await network.keep(signed, signal);
  await files.update(signed);
}
