import { z } from "zod";

/** Outcome of `neurond localnet`, printed when the story has been told. */
export const OutcomeShape = z.strictObject({
  isGood: z.boolean().describe("whether every expectation is met"),
  expectations: z.array(
    z.strictObject({
      name: z.string(),
      isMet: z.boolean(),
      seen: z.string().describe("what was seen instead, or that proves it"),
    }),
  ),
  runs: z.array(z.string()).describe("runs that were agreed, weighed and audited"),
  evidence: z
    .string()
    .nullable()
    .describe("file that convicts the liar, for `neurond audit check`"),
  file: z.strictObject({ path: z.string(), sizeBytes: z.number(), sha256: z.string() }).nullable(),
  chain: z.string().describe("websocket endpoint"),
  netuid: z.number(),
  directory: z.string(),
  elapsedMs: z.number().describe("since the command was given"),
  daemons: z.array(
    z.strictObject({
      name: z.string(),
      url: z.string().nullable().describe("base of its HTTP API"),
      hotkey: z.string().nullable(),
      restarts: z.number(),
    }),
  ),
});
export type Outcome = z.infer<typeof OutcomeShape>;
