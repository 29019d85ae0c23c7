import { z } from "zod";
import { Address, SubmissionShape } from "../../result-schemas.ts";
import { AxonShape } from "../chain/schemas.ts";

/** Result of `neurond axon show`. */
export const AxonsShape = z.strictObject({
  netuid: z.number(),
  hotkey: Address,
  uid: z.number().nullable().describe("null = not registered"),
  axon: AxonShape,
  prometheus: z
    .strictObject({ ip: z.string(), port: z.number(), version: z.number(), block: z.number() })
    .nullable(),
  certificate: z
    .strictObject({ algorithm: z.number(), publicKey: z.string().describe("hex") })
    .nullable(),
});

/** Result of `neurond axon serve`. */
export const AxonServedShape = z.strictObject({
  hotkey: Address,
  netuid: z.number(),
  ip: z.string(),
  port: z.number(),
  submission: SubmissionShape,
});
