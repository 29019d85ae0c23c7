import { z } from "zod";
import { Address, SubmissionShape, WeightShape } from "../../result-schemas.ts";

/** Result of `neurond weights show`. */
export const WeightsShape = z.strictObject({
  netuid: z.number(),
  mecid: z.number(),
  block: z.number(),
  rows: z.array(
    z.strictObject({
      uid: z.number().describe("the validator"),
      hotkey: Address.nullable(),
      weights: z.array(z.strictObject({ ...WeightShape.shape, hotkey: Address.nullable() })),
    }),
  ),
});

/** What `weights reveal` needs of an earlier commit. */
export const RevealShape = z.strictObject({
  netuid: z.number(),
  mecid: z.number(),
  weights: z.array(WeightShape),
  versionKey: z.string().describe("u64 as decimal text"),
  salt: z.array(z.number()).describe("u16 numbers"),
});

/** Result of `neurond weights set`. */
export const WeightsSetShape = z.strictObject({
  hotkey: Address,
  path: z
    .enum(["plain", "hash", "timelocked"])
    .describe("how the subnet takes weights: at once, as a hash to reveal, sealed until a round"),
  weights: z.array(WeightShape).describe("the row as submitted"),
  dropped: z.array(Address).describe("hotkeys without a uid, left out"),
  recycled: z
    .array(z.number())
    .describe("uids that changed hands before inclusion; submit again for them"),
  submission: SubmissionShape,
  revealBlock: z.number().nullable().describe("first block of the reveal, for hash and timelocked"),
  round: z.string().nullable().describe("drand round, for timelocked"),
  reveal: RevealShape.nullable().describe("for hash: keep it, weights reveal needs it"),
});

/** Result of `neurond weights reveal`. */
export const WeightsRevealShape = z.strictObject({ hotkey: Address, submission: SubmissionShape });
