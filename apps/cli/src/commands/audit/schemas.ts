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

const Share = z.string().describe("of one, eighteen decimals");
const Comparison = z
  .strictObject({
    l1: Share,
    maxDelta: Share,
    spearman: z.number().nullable().describe("rank correlation, in millionths"),
    kendall: z.number().nullable(),
    agrees: z.boolean(),
  })
  .nullable();

/** Result of `neurond audit verify`. */
export const AuditVerifyShape = z.strictObject({
  verdict: z
    .enum(["clean", "findings", "incomplete"])
    .describe(
      "findings say that something is wrong; incomplete, that not everything could be seen",
    ),
  netuid: z.number(),
  validators: z.array(
    z.strictObject({
      hotkey: Address,
      name: z.string(),
      source: z.string().describe("API or folder"),
      asOf: z.string().nullable().describe("end of the newest verified hour, UTC"),
      hours: z.strictObject({ asked: z.number(), verified: z.number() }),
      gaps: z
        .array(z.strictObject({ start: z.string(), end: z.string() }))
        .describe("of the hours asked for, what no verified report covers"),
      entries: z.array(
        z.strictObject({
          entry: z.string(),
          reporter: z.enum(["validator", "miner"]),
          hotkey: Address,
          block: z.number(),
          start: z.string(),
          end: z.string(),
          verdict: z.string(),
          method: z.string().nullable().describe("by what the digest was found on chain"),
          problem: z.string().nullable(),
          detail: z.string().nullable(),
        }),
      ),
      findings: z.array(
        z.strictObject({
          kind: z.string(),
          severity: z.enum(["info", "warning", "critical"]),
          subject: z.string(),
          entry: z.string().nullable(),
          end: z.string().nullable(),
          detail: z.string(),
        }),
      ),
      scores: z
        .strictObject({
          profile: z.string(),
          inputs: z.string().describe("SHA-256 of everything that the scores follow from"),
          block: z.number().describe("block of the metagraph"),
          complete: z
            .boolean()
            .describe("a whole week was looked at, with the feeds the profile needs"),
          metagraph: Comparison,
          weights: Comparison.describe("with the weight row of the validator"),
          published: Comparison.describe("with the scores the validator publishes"),
          miners: z.array(
            z.strictObject({
              hotkey: Address,
              uid: z.number(),
              share: Share,
              actual: Share.describe("part of the metagraph's incentives"),
              weight: Share.nullable(),
              published: Share.nullable(),
            }),
          ),
        })
        .nullable(),
      runs: z
        .array(
          z.strictObject({
            run: z.string(),
            family: z.string(),
            entry: z.string().describe("whose report states its scores"),
            end: z.string().describe("of that entry's slice"),
            verdict: z.enum(["agrees", "differs", "not_whole", "unjudged"]),
            field: z.string().nullable().describe("the first that differs"),
            stated: z.string().nullable(),
            recomputed: z.string().nullable(),
            rows: z.number().nullable().describe("that the scores follow from"),
            detail: z.string(),
          }),
        )
        .describe("of a validator of this software: runs recomputed from exported rows alone"),
      lines: z.array(z.string()).describe("as auditors of this subnet have always printed them"),
    }),
  ),
});
