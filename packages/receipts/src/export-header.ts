import { z } from "zod";
import { Checkpoint } from "./checkpoint.ts";

/** The first line of an export; every other is a receipt, one after the other as in the ledger. */
export const ExportHeader = z.strictObject({
  kind: z.literal("neurond/receipts-export/v1"),
  /** Signed over all receipts up to the last of this export. */
  checkpoint: Checkpoint,
  /** Index of the first receipt here. */
  first: z.int().min(0),
  /** Hashes over all before it, from which a reader takes the tree up. */
  peaks: z.array(z.string().regex(/^0x[0-9a-f]{64}$/)).max(53),
  /** What was asked for; receipts beside it are there because heads are signed over many at once. */
  from_ms: z.int().min(0),
  to_ms: z.int().min(0),
});
export type ExportHeader = z.infer<typeof ExportHeader>;
