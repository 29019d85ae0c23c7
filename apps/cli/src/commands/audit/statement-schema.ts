import { z } from "zod";

/** Result of `neurond audit statement`. */
export const AuditStatementShape = z.strictObject({
  verdict: z.enum(["sound", "refused"]),
  statements: z.array(
    z.strictObject({
      place: z.string(),
      sequence: z.number().nullable(),
      digest: z.string().nullable().describe("what the next one names, and what is committed"),
      auditor: z.string().nullable(),
      validator: z.string().nullable(),
      asOf: z.string().nullable(),
      hours: z.number().nullable().describe("verified hours of the week"),
      critical: z.number().nullable(),
      fault: z.enum(["SHAPE", "SIGNATURE", "AUDITOR", "CONTRADICTION"]).nullable(),
      reason: z.string().nullable(),
    }),
  ),
  breaks: z
    .array(z.strictObject({ after: z.number(), fault: z.string() }))
    .describe("where one does not name the one before it"),
  comparisons: z.array(
    z.strictObject({
      first: z.string(),
      second: z.string(),
      sameInputs: z.boolean().describe("then scores must be equal to the last digit"),
      l1: z.string().describe("sum of differences of shares, in 10^-18"),
      disagreements: z.array(
        z.strictObject({
          what: z.enum(["profile", "parameters", "input", "entry", "scores"]),
          subject: z.string(),
          first: z.string(),
          second: z.string(),
        }),
      ),
    }),
  ),
});
