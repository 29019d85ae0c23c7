import { z } from "zod";
import { Address } from "../../result-schemas.ts";

const FindingShape = z.strictObject({
  code: z.string(),
  severity: z.enum(["info", "warning", "critical"]),
  run: z.string(),
  validator: Address,
  miner: Address.nullable(),
  summary: z.string(),
});

/** Result of `neurond audit check`. */
export const AuditCheckShape = z.strictObject({
  ...FindingShape.partial().shape,
  verdict: z
    .enum(["proven", "asserted", "refused"])
    .describe("proven by signatures and hashes; the auditor's word; or not to be believed"),
  auditor: Address.nullable().describe("who signed the file"),
  fault: z.string().nullable().describe("why it is refused"),
  reason: z.string().nullable(),
  onChain: z.array(z.string()).describe("what only the chain can say, to be looked up there"),
  found: z
    .boolean()
    .nullable()
    .describe("with --on-chain: whether the commitments it rests on stand there"),
});

/** Result of `neurond audit run`. */
export const AuditRunShape = z.strictObject({
  netuid: z.number(),
  block: z.number().describe("the final block up to which was read"),
  runs: z.array(
    z.strictObject({
      run: z.string(),
      pending: z.boolean().describe("weights were not decided yet; look again later"),
      weights: z
        .array(z.strictObject({ hotkey: Address, value: z.number() }))
        .nullable()
        .describe("the vector every validator had to set, u16"),
      validators: z.array(
        z.strictObject({
          hotkey: Address,
          standing: z.enum(["ok", "missing", "mismatch", "equivocated"]),
          weights: z.enum(["ok", "missing", "mismatch", "pending", "unknown"]),
        }),
      ),
      findings: z.array(
        z.strictObject({
          ...FindingShape.shape,
          file: z.string().nullable().describe("the evidence file, with --out"),
        }),
      ),
    }),
  ),
});
