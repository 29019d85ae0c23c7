import { RunConfig } from "@neurond/audit";
import {
  AxonSection,
  ChainSection,
  databaseSection,
  hotkeySetting,
  httpSection,
  LogSection,
  netuidSetting,
  secret,
  WalletSection,
  WatchdogSection,
} from "@neurond/runtime";
import { optionShape, REWARD_MODES, VALIDATOR_OPTIONS, variableOf } from "@neurond/storage-rules";
import { z } from "zod";
import { OpeningSection, TokenSection } from "./storage/plan/shard-sections.ts";
import { SweepSection } from "./storage/sweep/sweep-section.ts";

const MIB = 1_048_576;

const blocks = (fallback: number, text: string) =>
  z.int().min(1).max(1_000_000).default(fallback).describe(text);
const count = (fallback: number, text: string) =>
  z.int().min(1).max(1_000_000).default(fallback).describe(text);
const seconds = (fallback: number, text: string) =>
  z.number().positive().max(1_000_000).default(fallback).describe(text);

/** Options whose values never print. */
const SECRETS = {
  "database.redis_password": secret()
    .optional()
    .describe("Password of a Redis server")
    .meta({ env: variableOf("database.redis_password"), secret: true }),
  "encryption.password": secret()
    .optional()
    .describe("Password of a throw-away wallet")
    .meta({ env: variableOf("encryption.password"), secret: true }),
};

/**
 * Everything a validator can be told: our settings, and the options of a storage subnet under the
 * names they have on the command line. Defaults suit a public network.
 */
export const Config = z.strictObject({
  ...optionShape(VALIDATOR_OPTIONS),
  ...SECRETS,
  netuid: netuidSetting("Subnet to validate"),
  chain: ChainSection.prefault({}),
  wallet: WalletSection.prefault({}),
  database: databaseSection("validator").prefault({}),
  http: httpSection({ host: "0.0.0.0", port: 8092, requestsPerMinute: 1200 })
    .extend({
      scoresPerMinute: count(60, "Requests for reports a minute from one address"),
      verifyWorkers: z
        .int()
        .min(0)
        .max(64)
        .default(2)
        .describe("Threads that check signatures of requests; 0 checks on the main thread"),
    })
    .prefault({}),
  axon: AxonSection.prefault({}),
  run: RunConfig.prefault({}),
  probe: z
    .strictObject({
      atOnce: count(32, "Tasks that are out at the same time"),
      slots: count(1, "Storage challenges for each miner and run"),
      samples: z
        .int()
        .min(1)
        .max(4096)
        .default(20)
        .describe("Leaves of 4 KiB each challenge asks for"),
      deadlineSeconds: seconds(10, "A miner must have answered within"),
    })
    .prefault({}),
  gossip: z
    .strictObject({
      atOnce: count(16, "Peers that are asked at the same time"),
      timeoutSeconds: seconds(10, "A peer must have answered within"),
      allowPrivatePeers: z
        .boolean()
        .default(false)
        .describe("Whether neurons at loopback and private addresses are contacted"),
    })
    .prefault({}),
  discovery: z
    .strictObject({
      source: z
        .enum(["axon", "registry", "both"])
        .default("axon")
        .describe(
          "Where miners say that they serve: axon, registry (a commitment address:port), or both, where a registered endpoint wins",
        ),
      scheme: z
        .enum(["https", "http"])
        .default("https")
        .describe("How registered endpoints are asked; http only with gossip.allowPrivatePeers"),
      caFile: z
        .string()
        .min(1)
        .optional()
        .describe("PEM of an authority to believe beside the public ones"),
      capacitySeconds: seconds(
        300,
        "Between two questions for a miner's capacity, where a workload has one",
      ),
      keepSeconds: seconds(900, "A miner that falls silent keeps its standing for so long"),
    })
    .prefault({}),
  weights: z
    .strictObject({
      everyBlocks: blocks(180, "The same weights are sent again after so many blocks"),
      silentTempos: count(
        3,
        "Epochs without confirmed weights after which /readyz fails; after twice as many we exit",
      ),
    })
    .prefault({}),
  storage: z
    .strictObject({
      clients: z
        .array(hotkeySetting)
        .default([])
        .describe("Hotkeys that may store files; anybody who signs when empty"),
      ttlBlocks: blocks(216_000, "Blocks for which miners promise to hold a shard"),
      maxShardBytes: z
        .int()
        .min(1)
        .max(64 * MIB)
        .default(64 * MIB)
        .describe("A longer shard is refused"),
      maxShards: count(
        250_000,
        "Shards a miner holds for this validator at most; auditors fetch its list of them",
      ),
      uploadsAtOnce: count(
        8,
        "Shards that pass through at the same time; eight times as many wait for a moment, more get 503",
      ),
      transferSeconds: seconds(120, "A shard must have passed within"),
      lostAfterRuns: blocks(
        3,
        "Runs in a row without one passed challenge after which a miner's shards count as lost",
      ),
      graceBlocks: blocks(
        7_200,
        "Blocks after their time for which expired files and receipts are remembered",
      ),
      uploadBlocks: blocks(7_200, "Blocks in which an upload must have come to a manifest"),
      copyBytes: z
        .int()
        .min(0)
        .default(1024 * MIB)
        .describe("Bytes of manifests kept for files of other validators; 0 keeps none"),
      sweep: SweepSection.prefault({}),
      opening: OpeningSection.prefault({}),
      token: TokenSection.prefault({}),
    })
    .prefault({}),
  rewards: z
    .strictObject({
      mode: z
        .enum(REWARD_MODES)
        .default("share")
        .describe(
          "What a report's scores are: share of passed tasks, or a moving average of rewards by tier and speed (sigmoid, minmax)",
        ),
    })
    .prefault({}),
  jobs: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether miners are pinged, and pieces brought back, beside the runs"),
      testData: z
        .boolean()
        .default(false)
        .describe("Whether random test data is stored on miners as well"),
      directory: z
        .string()
        .min(1)
        .default("data/state")
        .describe("Event log and kept state, where no option names a directory"),
    })
    .prefault({}),
  record: z
    .strictObject({
      archiveDirectory: z
        .string()
        .min(1)
        .default("data/score_archive")
        .describe("Where signed reports are kept as files"),
      bodyRetentionDays: count(30, "Days for which miners' answers are kept for auditors"),
    })
    .prefault({}),
  exports: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether what was recorded is published for auditors, slice by slice"),
      directory: z
        .string()
        .min(1)
        .default("data/exports")
        .describe("Where published reports and tables are kept"),
      sliceMinutes: z
        .literal([0.25, 0.5, 1, 2, 5, 10, 15, 30, 60])
        .default(60)
        .describe("Length of a slice; auditors of other networks know hours only"),
      delaySeconds: seconds(60, "A slice is published so long after its end"),
      retentionDays: z
        .int()
        .min(8)
        .max(3660)
        .default(8)
        .describe("Days for which tables and miners' reports are kept; reports are kept forever"),
      minerReportBytes: z
        .int()
        .min(1024)
        .max(8 * MIB)
        .default(2 * MIB)
        .describe("A longer report of a miner is refused"),
      receiptBytes: z
        .int()
        .min(1024)
        .max(64 * MIB)
        .default(8 * MIB)
        .describe("More receipts of a miner's proxy at once are refused"),
      receiptsPerSlice: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(10_000)
        .describe("Receipts of one miner's proxy that a slice takes; 0 takes none"),
      proofsPerMinute: count(60, "Requests for proofs and tables a minute from one address"),
    })
    .prefault({}),
  wandb: z
    .strictObject({
      apiKey: secret()
        .optional()
        .describe("Key of the account that public events are sent to; files alone without one")
        .meta({ env: "WANDB_API_KEY", secret: true }),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .default("https://api.wandb.ai")
        .describe("Server that they are sent to")
        .meta({ env: "WANDB_BASE_URL" }),
    })
    .prefault({}),
  watchdog: WatchdogSection.prefault({}),
  log: LogSection.prefault({}),
});
export type Config = z.output<typeof Config>;

/** Prefix of the variables of settings that have no name of their own. */
export const PREFIX = "NEUROND_VALIDATOR";
