import { z } from "zod";
import { Address } from "../../result-schemas.ts";

const Count = z
  .strictObject({ attempts: z.number(), successes: z.number() })
  .describe("how often it was asked, and did it");

/** Result of `neurond miner stats`. */
export const StatsShape = z.strictObject({
  source: z.enum(["standing", "challenges", "redis"]).describe("what was counted"),
  validator: Address.nullable().describe("hotkey; null where a database was read"),
  entries: z.number().nullable().describe("entries of its log that were read"),
  miners: z.array(
    z.strictObject({
      hotkey: Address,
      totalSuccesses: z.number(),
      store: Count,
      challenge: Count,
      retrieve: Count,
      tier: z.string(),
      storedBytes: z.number().nullable().describe("null when no inventory is published"),
      limitBytes: z.string().describe("decimal text"),
    }),
  ),
});

/** Result of `neurond miner inventory`. */
export const InventoryShape = z.strictObject({
  validator: Address,
  hotkey: Address.describe("the miner"),
  run: z.number().nullable().describe("run whose inventory it is; null when there is none"),
  signed: z.boolean().describe("whether the list hashes to what the validator signed"),
  bytes: z.number(),
  shards: z.array(
    z.strictObject({
      shardId: z.string(),
      root: z.string().describe("of the sealed bytes"),
      size: z.number().describe("bytes"),
    }),
  ),
});

/** Result of `neurond miner held`. */
export const HeldShape = z.strictObject({
  miner: Address,
  shards: z.number(),
  bytes: z.number(),
  lost: z.number().describe("shards that were signed for and are no longer there whole"),
  quotaBytes: z.number(),
  freeBytes: z.number().describe("on the miner's disk"),
  tagBytes: z.number(),
  validators: z.array(z.strictObject({ hotkey: Address, shards: z.number(), bytes: z.number() })),
});
