import { z } from "zod";
import { Address } from "../../result-schemas.ts";

/** Result of `neurond audit equivocation`. */
export const AuditEquivocationShape = z.strictObject({
  verdict: z
    .enum(["none", "found", "empty"])
    .describe("nothing contradicts; something does; or no source says anything signed"),
  statements: z.number().describe("signed statements that were compared"),
  found: z.array(
    z.strictObject({
      kind: z.string().describe("of what there may be one: inventory, challenge, verdict, ..."),
      signer: Address,
      validator: Address,
      miner: Address.nullable(),
      sources: z.array(z.string()).describe("where the two were found"),
      file: z.string().nullable().describe("the proof, with --out"),
    }),
  ),
});
