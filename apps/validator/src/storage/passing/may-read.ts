import { verifySr25519Fast } from "@neurond/crypto";
import { type Hotkey, parseHotkey } from "@neurond/primitives";
import type { ManifestRecord } from "@neurond/store";
import { isReadGranted, MAX_READ_GRANT } from "@neurond/workload-storage/file";
import { z } from "zod";

/** How a reader shows that the owner lets it read. */
export const readGrantQuery = z.object({
  grant: z
    .string()
    .max(MAX_READ_GRANT)
    .optional()
    .describe("The owner's grant to the caller, where the file is another's"),
});

/** An owner's file is given to it, to the custodian who must read it to repair it, and to readers. */
export function mayRead(
  { fileId, owner, custodian, text }: ManifestRecord,
  hotkey: Hotkey,
  grant: string | undefined,
): boolean {
  if (owner === hotkey || custodian === hotkey) return true;
  if (grant === undefined) return false;
  const file = { fileId, owner: parseHotkey(owner), boxes: boxesIn(text) };
  return isReadGranted(grant, hotkey, file, verifySr25519Fast);
}

/** Canonical text, so every box is spelled one way; parsing it whole for each shard would be slow. */
function boxesIn(text: string): readonly string[] {
  return [...text.matchAll(/"to":"(0x[0-9a-f]{64})"/g)].map(([, to = ""]) => to);
}
