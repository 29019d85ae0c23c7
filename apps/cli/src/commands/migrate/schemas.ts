import { z } from "zod";

const count = z.int().min(0);

/** Result of `neurond migrate`. */
export const MigratedShape = z.strictObject({
  from: z.string(),
  to: z.string(),
  dryRun: z.boolean(),
  shards: count.describe("in the old directory"),
  bytes: count,
  copied: count,
  present: count.describe("in the new directory already, from a run before"),
  verified: count.describe("read back from the new directory and hashed (--verify)"),
  grants: count.describe("sets of tags with the grant they came with"),
  left: z
    .array(z.strictObject({ name: z.string(), reason: z.string() }))
    .describe("what did not come along"),
});
