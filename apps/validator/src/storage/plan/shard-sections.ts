import { z } from "zod";

const seconds = (fallback: number, text: string) =>
  z.number().positive().max(600).default(fallback).describe(text);

/** How blocks of single shards are opened: `storage.opening`. */
export const OpeningSection = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("Whether small shards are committed to as they pass, and blocks of one are opened"),
  maxShardBytes: z
    .int()
    .min(1)
    .max(16 * 1_048_576)
    .default(262_144)
    .describe(
      "Larger shards are not committed to: that takes a second for 200 KB, here and at the miner",
    ),
  suite: z
    .union([z.literal(1), z.literal(2)])
    .default(2)
    .describe("Curve of the commitments: 1 is P-256, 2 is ristretto255"),
  sectors: z
    .literal([4, 8, 16, 32, 64, 128, 256, 512, 1024])
    .default(64)
    .describe("Sectors of 31 bytes in a block; fewer make more commitments and shorter proofs"),
  blocks: z.int().min(1).max(1024).default(20).describe("Blocks that a challenge opens"),
  deadlineSeconds: seconds(30, "A miner must have answered within"),
});
export type OpeningSection = z.output<typeof OpeningSection>;

/** How whole shards are asked for by answers that were fixed before: `storage.token`. */
export const TokenSection = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("Whether answers are made of shards as they pass, and one is asked for in each run"),
  count: z
    .int()
    .min(1)
    .max(1024)
    .default(8)
    .describe(
      "Tokens of a shard; each is used once, and then the shard is asked no more. Each takes 7 ms beside the hashing",
    ),
  algorithm: z
    .union([z.literal(1), z.literal(2)])
    .optional()
    .describe(
      "1 is SHA-256, 2 the tag of AES-256-GCM, five to twelve times faster; absent: 2 for more than 8 tokens",
    ),
  deadlineSeconds: seconds(
    5,
    "A miner must have answered within, and a second more for each 100 MB",
  ),
});
export type TokenSection = z.output<typeof TokenSection>;
