import type { ErrorEntry } from "@neurond/primitives";

/** Reasons why there is no receipt to be had. */
export const RECEIPT_DENIALS = {
  RANGE_INVALID: {
    cause: "the range of an export is none",
    remedy: "give from and to as Unix milliseconds or ISO 8601, from not after to",
  },
  RECEIPTS_EMPTY: {
    cause: "no head of the receipts is signed yet",
    remedy: "ask again once a request has been served",
  },
  RECEIPT_UNKNOWN: {
    cause: "no receipt with this request id is kept, or it is somebody else's",
    remedy: "give the X-Request-Id of an answer to a request of yours, before it is forgotten",
  },
  RECEIPT_PENDING: {
    cause: "the receipt is not under a signed head yet",
    remedy: "ask again in a second",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ReceiptDenial = keyof typeof RECEIPT_DENIALS;

/** HTTP status of each. */
export const RECEIPT_DENIAL_STATUS: Readonly<Record<ReceiptDenial, number>> = {
  RANGE_INVALID: 400,
  RECEIPTS_EMPTY: 404,
  RECEIPT_UNKNOWN: 404,
  RECEIPT_PENDING: 202,
};
