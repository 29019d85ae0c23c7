import { z } from "zod";
import { Address } from "../../result-schemas.ts";

/** Whether a request is among those a validator committed to. */
const InvocationShape = z.strictObject({
  verdict: z
    .enum(["present", "absent", "unproven"])
    .describe("proven to be among the rows of the slice; proven not to be; or neither"),
  expected: z.enum(["present", "absent"]).describe("what the exit code 0 stands for"),
  invocation: z.string(),
  reason: z.string().nullable().describe("why nothing is proven"),
  hotkey: Address.describe("the validator whose word this is"),
  netuid: z.number(),
  block: z.number().describe("the block that holds its commitment"),
  start: z.string().describe("the slice, UTC"),
  end: z.string(),
  rows: z.number().describe("invocations in the slice"),
  root: z.string(),
  report: z.string().describe("SHA-256 of the report"),
  order: z
    .enum(["checked", "assumed", "needless"])
    .describe("whether rows are known to stand in the order of ids, on which absence rests"),
  row: z.record(z.string(), z.string()).nullable().describe("the row by columns, when it is there"),
  receipt: z
    .strictObject({
      verdict: z
        .enum(["proven", "false"])
        .describe("whether the miner signed for exactly this row, and no caller is misquoted"),
      reason: z.string().nullable().describe("why the receipt is false"),
      caller: z.string().nullable().describe("who asked"),
      caller_proof: z
        .enum(["proven", "unprovable", "anonymous"])
        .nullable()
        .describe("whether its own signature shows that it did"),
      request_id: z.string().nullable(),
    })
    .nullable()
    .describe("of a request through a miner's proxy: its signed receipt"),
});

/** What an evidence file shows by itself, without a chain and without anybody's word. */
const EvidenceShape = z.strictObject({
  verdict: z.enum(["proven", "asserted", "refused"]),
  finding: z.string().nullable().describe("of an evidence file: the code of its finding"),
  validator: Address.nullable(),
  miner: Address.nullable(),
  summary: z.string().nullable(),
  reason: z.string().nullable(),
  onChain: z.array(z.string()).describe("what only the chain can say, to be looked up there"),
});

/** Result of `neurond proof check`. */
export const ProofCheckShape = z.union([InvocationShape, EvidenceShape]);
export type CheckedInvocation = z.infer<typeof InvocationShape>;
export type CheckedEvidence = z.infer<typeof EvidenceShape>;
