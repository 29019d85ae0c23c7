import { z } from "zod";

/** The `statements` section: what is signed about audited exports. */
export const StatementsSection = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe("Whether each new hour is stated and signed; needs a hotkey"),
  directory: z
    .string()
    .min(1)
    .default("data/statements")
    .describe("Where signed statements are kept, for good"),
  commit: z
    .boolean()
    .default(false)
    .describe("Whether the digest of each is committed on chain; the hotkey must be registered"),
});
export type StatementsSection = z.output<typeof StatementsSection>;
