import type { FindingCode } from "../src/finding.ts";

/** Every way to ask tokens wrongly, as pairs of run and number: what is found, and what it comes to. */
export const TOKEN_FORGERIES: readonly (readonly [
  FindingCode,
  string,
  readonly (readonly [run: number, number: number])[],
  "proven" | "asserted",
])[] = [
  [
    "TOKEN_REUSED",
    "a token asked in two runs",
    [
      [1, 1],
      [2, 2],
      [3, 2],
    ],
    "proven",
  ],
  [
    "TOKEN_REUSED",
    "a token before the last one",
    [
      [1, 1],
      [2, 2],
      [3, 1],
    ],
    "proven",
  ],
  ["TOKEN_SKIPPED", "a second token first", [[1, 2]], "asserted"],
  [
    "TOKEN_SKIPPED",
    "a token left out",
    [
      [1, 1],
      [2, 3],
    ],
    "asserted",
  ],
];
