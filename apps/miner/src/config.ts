import {
  AxonSection,
  ChainSection,
  hotkeySetting,
  httpSection,
  LogSection,
  netuidSetting,
  secret,
  WalletSection,
  WatchdogSection,
} from "@neurond/runtime";
import { MINER_OPTIONS, optionShape, variableOf } from "@neurond/storage-rules";
import { z } from "zod";
import { BlobsSection } from "./storage/blobs-section.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const hotkeys = (text: string) => z.array(hotkeySetting).default([]).describe(text);
const bytes = (fallback: number, text: string) => z.int().min(0).default(fallback).describe(text);
const seconds = (fallback: number, text: string) =>
  z.number().positive().default(fallback).describe(text);

/** An option whose value never prints. */
const REDIS_PASSWORD = "database.redis_password";

/**
 * Everything a miner can be told: our settings, and the options of a storage subnet under the names
 * they have on the command line. Defaults suit one disk and a public network.
 */
export const Config = z.strictObject({
  ...optionShape(MINER_OPTIONS),
  [REDIS_PASSWORD]: secret()
    .optional()
    .describe("Password of a Redis server")
    .meta({ env: variableOf(REDIS_PASSWORD), secret: true }),
  netuid: netuidSetting("Subnet to mine on"),
  chain: ChainSection.prefault({}),
  wallet: WalletSection.prefault({}),
  http: httpSection({ host: "0.0.0.0", port: 8091, requestsPerMinute: 1200 }).prefault({}),
  axon: AxonSection.prefault({}),
  storage: z
    .strictObject({
      directory: z
        .string()
        .min(1)
        .default("data/shards")
        .describe("Where shards are kept, with their receipts, trees and tags; one disk"),
      blobs: BlobsSection.prefault({}),
      quotaBytes: bytes(100 * GIB, "Shards may take so much, those being received included"),
      keepFreeBytes: bytes(GIB, "A shard that would leave less free on the disk is refused"),
      maxShardBytes: z
        .int()
        .min(1)
        .default(256 * MIB)
        .describe("A longer shard is refused"),
      checkCommitmentsBytes: bytes(
        MIB,
        "Commitments to blocks are signed for shards up to so many bytes, made again from them at 0.2 MB/s",
      ),
      uploadsAtOnce: z.int().min(1).default(4).describe("Shards being received; more get 503"),
      readsAtOnce: z
        .int()
        .min(1)
        .default(8)
        .describe("Shards and challenges read from disk at once; 1 on a spinning disk"),
      uploadSeconds: seconds(120, "A shard must have arrived whole within"),
      graceBlocks: z
        .int()
        .min(0)
        .default(7200)
        .describe("Blocks to keep a shard after its receipt has run out"),
      sweepThreads: z
        .int()
        .min(1)
        .max(64)
        .default(2)
        .describe("Threads that read and sum for a sweep; 1 on a spinning disk, 4 to 8 on flash"),
      periodBlocks: z
        .int()
        .min(1)
        .default(7200)
        .describe(
          "Blocks of a period of sweeps, as validators have it; tags go some periods later",
        ),
      scrub: z
        .strictObject({
          enabled: z
            .boolean()
            .default(true)
            .describe("Whether shards are hashed against their roots all the time"),
          passHours: z
            .number()
            .positive()
            .default(20)
            .describe("Hours for all shards once; a period of sweeps is a day"),
          maxBytesPerSecond: z
            .int()
            .min(1)
            .default(100 * MIB)
            .describe("Never read faster than this, even if a pass then takes longer"),
        })
        .prefault({}),
      reveals: z
        .strictObject({
          enabled: z
            .boolean()
            .default(true)
            .describe("Whether tags are checked when validators reveal what they were made with"),
          everySeconds: seconds(300, "Validators' logs are looked at so often"),
          evidence: z
            .string()
            .min(1)
            .default("data/evidence")
            .describe("Where proofs of wrong tags are kept"),
          refuseWithholders: z
            .boolean()
            .default(false)
            .describe(
              "Whether sweeps of a validator are refused while it keeps a secret that is due",
            ),
          auditors: z
            .array(z.url({ protocol: /^https?$/ }))
            .max(16)
            .default([])
            .describe("Auditors that proofs of wrong tags are sent to, by their addresses"),
        })
        .prefault({}),
    })
    .prefault({}),
  access: z
    .strictObject({
      rules: z
        .enum(["section", "options"])
        .default("section")
        .describe("Who is served: as this section says, or as the options miner.blacklist.* do"),
      allow: hotkeys("Hotkeys that may call without a validator permit, such as one's own clients"),
      deny: hotkeys("Hotkeys that may not call, whatever else holds"),
      minStakeTao: z
        .string()
        .regex(/^\d+(\.\d{1,9})?$/)
        .default("1000")
        .describe(
          "Least stake of a validator that is served; a permit alone is free where few have one",
        ),
      staleSeconds: seconds(600, "Nobody is served on a metagraph older than this"),
    })
    .prefault({}),
  report: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether what was answered is counted, committed to and handed to validators"),
      directory: z
        .string()
        .min(1)
        .default("data/self-report")
        .describe("Where the report under way is kept"),
      sliceMinutes: z
        .literal([0.25, 0.5, 1, 2, 5, 10, 15, 30, 60])
        .default(60)
        .describe("Length of a slice, as validators have it"),
      delaySeconds: seconds(60, "A slice is reported so long after its end"),
      allowPrivateValidators: z
        .boolean()
        .default(false)
        .describe("Whether validators at loopback and private addresses are sent reports"),
    })
    .prefault({}),
  watchdog: WatchdogSection.prefault({}),
  log: LogSection.prefault({}),
});
export type Config = z.output<typeof Config>;

/** Prefix of the variables of settings that have no name of their own. */
export const PREFIX = "NEUROND_MINER";
