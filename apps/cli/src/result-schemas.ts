import { z } from "zod";

// Shapes that results of several commands share.

/** An ss58 address. */
export const Address = z.string().describe("ss58 address");

/** An amount that may exceed what a JSON number holds. */
export const RaoText = z.string().describe("rao, as decimal text");

/** A share of one: 65535 is all. */
export const Share = z.number().describe("share of 65535");

/** What became of a write. */
export const SubmissionShape = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("included"),
      block: z.number(),
      hash: z.string().describe("block hash"),
      extrinsic: z.string().describe("extrinsic hash"),
    }),
    z.strictObject({
      kind: z.literal("tooSoon"),
      blocks: z.number().describe("blocks until the chain would take it"),
    }),
    z.strictObject({
      kind: z.literal("rejected"),
      error: z.strictObject({
        code: z.string().describe("stable reason, such as NOT_REGISTERED"),
        name: z.string().describe("the chain's own name of the error"),
        docs: z.string().optional().describe("the runtime's words"),
        where: z.enum(["state", "pool", "block"]).describe("where it was refused"),
      }),
    }),
    z.strictObject({
      kind: z.literal("unconfirmed"),
      since: z.number().describe("best block when it was sent"),
      extrinsic: z.string().describe("extrinsic hash"),
    }),
  ])
  .describe("what became of the extrinsic");

/** A (uid, u16) pair of a weights row. */
export const WeightShape = z.strictObject({ uid: z.number(), value: z.number().describe("u16") });
