import { z } from "zod";

/** Result of `neurond audit log`. */
export const AuditLogShape = z.strictObject({
  verdict: z
    .enum(["holds", "mismatch", "empty"])
    .describe("empty: nothing was found to check, which proves nothing"),
  source: z.string(),
  selections: z.number().describe("draws of uids that hold"),
  rewards: z.number().describe("batches whose rewards hold"),
  standings: z.number().describe("standings that follow from the record"),
  reports: z.number().describe("reports whose scores follow from the record"),
  mismatch: z
    .strictObject({
      at: z.string().describe("file and line, place in the log, or run"),
      fault: z.string(),
      field: z.string().nullable(),
      said: z.string().nullable(),
      due: z.string().nullable(),
    })
    .nullable(),
});
export type AuditLogResult = z.infer<typeof AuditLogShape>;
