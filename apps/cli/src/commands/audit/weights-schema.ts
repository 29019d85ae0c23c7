import { z } from "zod";
import { Address, SubmissionShape, WeightShape } from "../../result-schemas.ts";

/** Result of `neurond audit weights`. */
export const AuditWeightsShape = z.strictObject({
  netuid: z.number(),
  hotkey: Address.describe("whose weights they are"),
  validator: Address.describe("whose exports were audited"),
  asOf: z.string().nullable(),
  weights: z.array(WeightShape),
  hindrances: z
    .array(z.strictObject({ code: z.string(), text: z.string() }))
    .describe("what speaks against setting them; empty when nothing does"),
  submission: SubmissionShape.nullable().describe("null: nothing was sent"),
});
