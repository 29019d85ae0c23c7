import { z } from "zod";
import { Address } from "../../result-schemas.ts";

/** Result of `neurond audit bad-tag`. */
export const AuditBadTagShape = z.strictObject({
  verdict: z
    .enum(["shown", "refused"])
    .describe(
      "shown: the tag is wrong if the secret is the one committed to; refused: it shows nothing",
    ),
  reason: z.string().nullable(),
  validator: Address,
  miner: Address,
  period: z.number(),
  row: z.number(),
  submitted: z.array(
    z.strictObject({
      auditor: z.string(),
      taken: z.string().describe("kept, known, or why it was not taken"),
      ok: z.boolean(),
    }),
  ),
});
