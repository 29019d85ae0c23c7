import { SYNTHETIC_TYPES } from "@neurond/synthetics";
import { z } from "zod";

/** Result of `neurond audit synthetic`. */
export const AuditSyntheticShape = z.strictObject({
  type: z.enum(SYNTHETIC_TYPES),
  chute: z.string(),
  chuteId: z.string(),
  url: z.string(),
  seed: z.string().describe("repeats the choice of chute and request, by the same list of chutes"),
  traced: z.boolean(),
  payload: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("what would be sent; with --dry-run"),
  outcome: z.enum(["dry_run", "refused", "answered"]),
  status: z.number().nullable().describe("of a refusal"),
  ending: z.enum(["complete", "broken", "too_long", "too_slow"]).nullable(),
  error: z.string().nullable().describe("what the gateway or the model says went wrong"),
  parentInvocationId: z.string().nullable().describe("parent_invocation_id of all its rows"),
  attempts: z.array(
    z.strictObject({
      id: z.string().describe("invocation_id of the row that an export must hold"),
      instance: z.string(),
      uid: z.number(),
      hotkey: z.string(),
      at: z.string(),
      outcome: z.enum(["succeeded", "failed", "unsettled"]),
    }),
  ),
  faults: z.array(z.string()).describe("what the trace did that it must not"),
  tokensIn: z.number().nullable(),
  tokensOut: z.number().nullable(),
  text: z.string().describe("words of the answer; empty when a terminal showed them"),
});
