import { z } from "zod";
import { Address } from "../../result-schemas.ts";

const uids = z.array(z.number());

/** Result of `neurond uids`. */
export const UidsShape = z.strictObject({
  rule: z.enum(["sha256", "python"]),
  netuid: z.number(),
  round: z.number().describe("the block divided by the blocks of a round"),
  block: z.number().describe("the first of its round: its hash decides"),
  blockHash: z.string(),
  final: z.boolean().nullable().describe("whether the block can still be replaced; null offline"),
  purpose: z.enum(["challenge", "store", "retrieve", "monitor"]),
  validator: Address.nullable().describe("whose draw it is; null where all draw alike"),
  candidates: uids,
  candidatesHash: z.string().describe("SHA-256 of the candidates as u16"),
  uids: uids.describe("in the order drawn"),
});

/** Result of `neurond audit uids`. */
export const AuditUidsShape = z.strictObject({
  verdict: z
    .enum(["holds", "mismatch", "empty"])
    .describe("empty: the file has no selection, which proves nothing"),
  checked: z.number().describe("selections that hold"),
  others: z.number().describe("events of other kinds"),
  onChain: z.boolean().describe("whether hashes and candidates were compared with the chain"),
  line: z.number().nullable().describe("of the first mismatch"),
  fault: z
    .enum([
      "DIGEST",
      "ORDER",
      "SHAPE",
      "ROUND",
      "CANDIDATES",
      "CANDIDATES_HASH",
      "VALIDATOR",
      "UIDS",
      "BLOCK_HASH",
      "CHAIN_CANDIDATES",
    ])
    .nullable(),
  block: z.number().nullable(),
  digest: z.string().nullable().describe("of the last line that was as it was written"),
});
