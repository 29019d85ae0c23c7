import { z } from "zod";
import { ArchiveSection } from "./archive-section.ts";

const MIB = 1_048_576;
const bytes = (fallback: number, text: string) =>
  z
    .int()
    .min(1)
    .max(2 ** 40)
    .default(fallback)
    .describe(text);

/** The `exports` section: how the exports of the listed validators are audited. */
export const ExportsSection = z.strictObject({
  directory: z
    .string()
    .min(1)
    .default("data/exports")
    .describe("Where windows of exports are kept; they can be loaded again"),
  intervalSeconds: z
    .number()
    .positive()
    .max(86_400)
    .default(60)
    .describe("Pause between two looks at a validator's listing"),
  atOnce: z.int().min(1).max(64).default(6).describe("Entries of one validator in work at once"),
  retentionDays: z
    .number()
    .min(8)
    .max(365)
    .default(8)
    .describe("How long entries are kept; a window of seven days needs eight"),
  skipMinerAudits: z
    .boolean()
    .default(true)
    .describe("Whether the miners' own reports are left out")
    .meta({ env: "SKIP_MINER_AUDITS" }),
  minerAgreement: z
    .boolean()
    .default(false)
    .describe("Whether the miners' counters are compared with the exports")
    .meta({ env: "CALCULATE_MINER_AGREEMENT" }),
  catchUpBlocks: z
    .int()
    .min(1)
    .max(100_000)
    .default(600)
    .describe("Final blocks whose commitments are noted after a pause; older ones are looked up"),
  maxReportBytes: bytes(64 * MIB, "A validator's report that is longer is put aside"),
  maxMinerReportBytes: bytes(8 * MIB, "A miner's report that is longer is put aside"),
  maxCsvBytes: bytes(4_096 * MIB, "A file of an export that is longer is put aside"),
  memoryBytes: bytes(768 * MIB, "Memory of the engine that reads exports"),
  threads: z.int().min(1).max(256).default(2).describe("Threads of that engine"),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("Whether APIs at loopback and private addresses are asked"),
  archive: ArchiveSection.prefault({}),
});
export type ExportsSection = z.output<typeof ExportsSection>;
