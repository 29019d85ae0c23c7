import { z } from "zod";

/** Result of `neurond update`. */
export const UpdateShape = z.strictObject({
  state: z
    .enum(["current", "newer", "refused"])
    .describe("refused: only tags that are not signed as they must be are newer"),
  running: z.string(),
  release: z
    .strictObject({
      tag: z.string(),
      version: z.string(),
      commit: z.string().describe("what was signed: check this out, not the tag's name"),
      signer: z.string(),
    })
    .nullable(),
  refused: z.array(z.strictObject({ tag: z.string(), reason: z.string() })),
  applied: z
    .strictObject({ directory: z.string(), switched: z.boolean() })
    .nullable()
    .describe("where it is in place; null when that was not asked, or nothing is newer"),
  notified: z
    .boolean()
    .nullable()
    .describe("whether the webhook took it; null when none was asked"),
});
