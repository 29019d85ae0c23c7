import { isCoded } from "@neurond/primitives";
import type { Custody } from "@neurond/store";
import type { NodeFiles } from "../network/node-files.ts";
import type { Validators } from "../network/validators.ts";

const BATCH = 100;

/** Gives back the files of others that their owners let end; of one renewed meanwhile, its new end is noted. */
export async function releaseOverdue(
  {
    custody,
    files,
    validators,
  }: {
    readonly custody: Custody;
    readonly files: Pick<NodeFiles, "manifestOf" | "update">;
    readonly validators: Validators;
  },
  signal: AbortSignal,
): Promise<void> {
  for (const network of await validators.all(signal)) {
    const head = await validators.block(network, signal);
    for (const { fileId, validator } of await custody.overdue(head, BATCH)) {
      if (validator !== network.hotkey) continue;
      try {
        const manifest = await files.manifestOf({ fileId, validator }, signal);
        if (manifest === null || manifest.expires <= head) await custody.release(fileId);
        else await files.update(manifest);
      } catch (error) {
        if (!isCoded(error)) throw error;
      }
    }
  }
}
