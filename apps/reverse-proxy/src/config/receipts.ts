import { z } from "zod";
import { RECEIPT_DEFAULTS } from "../receipts/settings.ts";
import { flag, httpUrl, milliseconds, whole } from "./fields.ts";

/** The `receipts` section: what was served, so that it can be proven later. */
export const ReceiptsSection = z.strictObject({
  directory: z
    .string()
    .min(1)
    .optional()
    .describe("Where receipts are kept, of this proxy alone; none are when absent"),
  sign: flag(true, "Whether the hotkey of `wallet` signs for them; unsigned they prove less"),
  flushMs: milliseconds(RECEIPT_DEFAULTS.flushMs, "Receipts of so long are written together"),
  checkpointMs: milliseconds(RECEIPT_DEFAULTS.checkpointMs, "And signed together so often"),
  maxPending: whole(
    1,
    10_000_000,
    RECEIPT_DEFAULTS.maxPending,
    "Not yet written; beyond, they are lost, and the ledger says how many",
  ),
  maxBytes: whole(0, 2 ** 50, RECEIPT_DEFAULTS.maxBytes, "Beyond, the oldest go"),
  handTo: z
    .array(httpUrl)
    .max(64)
    .default([...RECEIPT_DEFAULTS.handTo])
    .describe(
      "APIs of validators that publish signed receipts: who called, what for, and what came of it",
    ),
  handMs: milliseconds(RECEIPT_DEFAULTS.handMs, "They are handed to them so often"),
  retentionDays: whole(1, 36_500, RECEIPT_DEFAULTS.retentionDays, "Older ones go as well"),
});
