import { z } from "zod";
import type { ParkedJob } from "./job.ts";

const Outcome = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("answered"),
    status: z.int(),
    headers: z.array(z.string()),
    sizeBytes: z.int(),
  }),
  z.object({ kind: z.literal("denied"), code: z.string(), detail: z.string() }),
  z.object({
    kind: z.literal("failed"),
    failure: z.enum(["unreachable", "timeout", "broken", "client-left"]),
  }),
]);

const Job: z.ZodType<ParkedJob> = z.object({
  owner: z.string(),
  id: z.string(),
  requestId: z.string(),
  path: z.string(),
  queuedAtMs: z.number(),
  sentAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
  outcome: Outcome.nullable(),
});

/** A job as its file has it; its body stands in a file beside, told by length and hash. */
export const JobFile = z.object({
  v: z.literal(1),
  job: Job,
  forgottenAtMs: z.number(),
  body: z.object({ sizeBytes: z.int(), sha256: z.string() }).nullable(),
});

export type JobFile = z.infer<typeof JobFile>;
