import { z } from "zod";

/** How stored bytes are swept, all of them in time: `storage.sweep`. */
export const SweepSection = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe("Whether shards are tagged as they pass, and miners asked for all of them"),
  keyDirectory: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Where the key of tags is kept; beside record.archiveDirectory when absent. Back it up: who has it can forge, and without it no stored shard is ever swept again",
    ),
  periodBlocks: z
    .int()
    .min(20)
    .max(1_000_000)
    .default(7_200)
    .describe("Blocks after which keys change and are revealed; what a log began with stays"),
  timelock: z
    .boolean()
    .default(false)
    .describe(
      "Whether each period's secret is also logged beforehand, encrypted to the drand round at which it is due, so that it cannot be kept",
    ),
  workers: z.int().min(1).max(64).default(2).describe("Threads that tag shards as they pass"),
  budgetRows: z
    .int()
    .min(0)
    .max(2 ** 40)
    .optional()
    .describe(
      "Rows of 12 KiB that a sweep asks for, 0 for all; absent: a twentieth of what a miner holds, a gibibyte at least",
    ),
  deadlineSeconds: z
    .number()
    .positive()
    .max(600)
    .default(5)
    .describe("A miner must have answered within, and a second more for each 100 MB"),
});
export type SweepSection = z.output<typeof SweepSection>;
