import { setTimeout as sleep } from "node:timers/promises";
import type { BlockNumber } from "@neurond/primitives";
import { attempt } from "../pass.ts";
import type { Validator } from "../validator.ts";
import { type RenewTagsDeps, TagRenewal } from "./renew-tags.ts";

const EVERY_MS = 60_000;

/** Tags what has no tags, a pass a minute, until the signal fires. Nothing where nothing is swept. */
export async function keepTagged(
  validator: Validator,
  { tags, ...deps }: Omit<RenewTagsDeps, "tags"> & { readonly tags: RenewTagsDeps["tags"] | null },
  head: () => BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  if (tags === null) return;
  const renewal = new TagRenewal({ ...deps, tags });
  while (!signal.aborted) {
    await attempt(validator, "tags", signal, async () => {
      await renewal.pass(head(), signal);
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
