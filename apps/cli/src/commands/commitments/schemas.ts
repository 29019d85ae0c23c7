import { z } from "zod";
import { Address, SubmissionShape } from "../../result-schemas.ts";

/** A field of a commitment. */
export const FieldShape = z.strictObject({
  kind: z.string().describe("none, raw, a hash's name, timelocked or reset-bonds"),
  hex: z.string().nullable().describe("the bytes, of kinds that have some"),
  text: z.string().nullable().describe("raw bytes as text when they are UTF-8"),
  round: z.string().nullable().describe("drand round, for timelocked"),
});

/** Result of `neurond commitments show`. */
export const CommitmentsShape = z.strictObject({
  netuid: z.number(),
  block: z.number(),
  commitments: z.array(
    z.strictObject({
      hotkey: Address,
      block: z.number().describe("block in which it was set"),
      fields: z.array(FieldShape),
    }),
  ),
  revealed: z
    .array(
      z.strictObject({
        hotkey: Address,
        block: z.number().describe("block of the reveal"),
        hex: z.string(),
        text: z.string().nullable(),
      }),
    )
    .describe("opened timelocked commitments; the chain keeps the last ten of a hotkey"),
});

/** Result of `neurond commitments set`. */
export const CommitmentSetShape = z.strictObject({
  hotkey: Address,
  netuid: z.number(),
  field: FieldShape,
  submission: SubmissionShape,
});
