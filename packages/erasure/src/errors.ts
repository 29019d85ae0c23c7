import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const ERASURE_ERRORS = {
  CODE_INVALID: {
    cause: "no code has these numbers of shards",
    remedy: "give 1 <= k <= n <= 255",
  },
  SHARDS_INVALID: {
    cause: "shards differ in length, or their number or indices are not those of the code",
    remedy: "give shards of one length with indices from 0 to n - 1",
  },
  SHARDS_TOO_FEW: {
    cause: "fewer shards are left than restore anything",
    remedy: "find more of them: any k are enough",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type ErasureCodeName = keyof typeof ERASURE_ERRORS;
