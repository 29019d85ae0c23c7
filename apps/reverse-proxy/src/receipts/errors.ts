import type { ErrorEntry } from "@neurond/primitives";

/** Every code that receipts throw. */
export const RECEIPT_ERRORS = {
  RECEIPTS_DAMAGED: {
    cause: "receipts on disk are not those whose hash was signed: changed, cut short or mixed up",
    remedy: "keep the directory as evidence, give another one, and look at the disk",
  },
  RECEIPTS_SHARED: {
    cause: "a file of receipts has grown by another hand: two proxies write to one directory",
    remedy: "give each proxy a directory of its own",
  },
  RECEIPTS_GONE: {
    cause: "receipts were asked for that are older than what is kept",
    remedy: "ask for later ones; see receipts.maxBytes and receipts.retentionDays",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes that receipts throw. */
export type ReceiptCode = keyof typeof RECEIPT_ERRORS;
