import { parseFraction } from "@neurond/consensus";
import { parseHotkey, toMecid, toNetuid } from "@neurond/primitives";
import { LOG_LEVELS, secret } from "@neurond/runtime";
import { z } from "zod";

const MIB = 1_048_576;

const blocks = (fallback: number, text: string) =>
  z.int().min(1).max(1_000_000).default(fallback).describe(text);
const count = (fallback: number, text: string) =>
  z.int().min(1).max(1_000_000).default(fallback).describe(text);
const seconds = (fallback: number, text: string) =>
  z.number().positive().max(1_000_000).default(fallback).describe(text);
const share = (fallback: string, text: string) =>
  z
    .string()
    .refine(isShare, "write a share like 2/3 or 0.05, below 1")
    .default(fallback)
    .describe(text);

/** What all daemons of a subnet must have in common; auditors read the same section. */
const Run = z.strictObject({
  blocks: blocks(360, "Length of a run in blocks; run N is blocks N*blocks and following"),
  beaconLag: blocks(50, "From a run's first block to the block that seeds its tasks"),
  commitWindow: blocks(100, "From a run's close: so long its scores may be committed to"),
  revealWindow: blocks(
    200,
    "From a run's close: then reports have been revealed and weights follow",
  ),
  beaconKind: z
    .enum(["chain", "drand"])
    .default("drand")
    .describe("Where randomness comes from; chain alone is for test networks"),
  quorum: z
    .strictObject({
      fraction: share("1/2", "More than this part of all eligible stake must have reported"),
      minReporters: count(2, "Least number of reports; 1 where there is one validator"),
      requireSelf: z
        .boolean()
        .default(true)
        .describe("Whether weights follow only from runs in which we reported ourselves"),
    })
    .prefault({}),
  minStakeTao: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/)
    .default("5000")
    .describe("Least stake of a validator that is heard"),
  minTasks: count(1, "Settled tasks below which a miner is left out of a report"),
  requireCommitment: z
    .boolean()
    .default(true)
    .describe("Whether a report counts only with a commitment on chain made in time"),
  burn: share("0", "Part of the weights that goes to uid 0 whatever is reported"),
  mecid: z
    .int()
    .min(0)
    .max(15)
    .transform((value) => toMecid(value))
    .default(toMecid(0))
    .describe("Mechanism of the subnet whose weights are set"),
});

/** Everything a validator can be told; defaults suit a public network. */
export const Config = z.strictObject({
  netuid: z
    .int()
    .min(0)
    .max(4095)
    .transform((value) => toNetuid(value))
    .describe("Subnet to validate")
    .meta({ env: "NETUID" }),
  chain: z
    .strictObject({
      network: z
        .string()
        .optional()
        .describe("Name of a network, or a ws:// or wss:// endpoint; finney when nothing is said")
        .meta({ env: "BT_SUBTENSOR_NETWORK" }),
      endpoint: z
        .string()
        .optional()
        .describe("Websocket endpoint; wins over the network")
        .meta({ env: "BT_SUBTENSOR_CHAIN_ENDPOINT" }),
      stallSeconds: z
        .number()
        .min(0)
        .optional()
        .describe(
          "No block for so long: the endpoint is left; three block times when absent, 0 never",
        ),
    })
    .prefault({}),
  wallet: z
    .strictObject({
      name: z.string().optional().describe("Wallet name").meta({ env: "BT_WALLET_NAME" }),
      hotkey: z.string().optional().describe("Hotkey name").meta({ env: "BT_WALLET_HOTKEY" }),
      path: z.string().optional().describe("Directory of wallets").meta({ env: "BT_WALLET_PATH" }),
    })
    .prefault({})
    .describe("The hotkey's wallet, unless the environment carries a hotkey (BT_HOTKEY_*)"),
  database: z
    .strictObject({
      url: secret()
        .optional()
        .describe("A Postgres 14 or newer; without it an embedded server is started")
        .meta({ env: "DATABASE_URL", secret: true }),
      directory: z
        .string()
        .min(1)
        .default("data/postgres")
        .describe("Where the embedded server keeps its data"),
      schema: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,40}$/)
        .default("validator")
        .describe("Schema of this validator; each needs its own"),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z.string().default("0.0.0.0").describe("Address to listen on"),
      port: z.int().min(0).max(65_535).default(8092).describe("Port to listen on"),
      requestsPerMinute: count(1200, "Requests a minute from one address; those beyond get 429"),
      scoresPerMinute: count(60, "Requests for reports a minute from one address"),
      verifyWorkers: z
        .int()
        .min(0)
        .max(64)
        .default(2)
        .describe("Threads that check signatures of requests; 0 checks on the main thread"),
    })
    .prefault({}),
  axon: z
    .strictObject({
      announce: z.boolean().default(true).describe("Whether to say on chain where we serve"),
      externalIp: z
        .union([z.ipv4(), z.ipv6()])
        .optional()
        .describe("Address at which peers reach us; must be given to be announced")
        .meta({ env: "BT_AXON_EXTERNAL_IP" }),
      externalPort: z
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .describe("Port at which peers reach us; the port listened on when absent")
        .meta({ env: "BT_AXON_EXTERNAL_PORT" }),
    })
    .prefault({}),
  run: Run.prefault({}),
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
        .array(z.string().transform((value) => parseHotkey(value)))
        .default([])
        .describe("Hotkeys that may store files; anybody who signs when empty"),
      ttlBlocks: blocks(216_000, "Blocks for which miners promise to hold a shard"),
      maxShardBytes: z
        .int()
        .min(1)
        .max(64 * MIB)
        .default(64 * MIB)
        .describe("A longer shard is refused"),
      uploadsAtOnce: count(8, "Shards that pass through at the same time; more get 503"),
      transferSeconds: seconds(120, "A shard must have passed within"),
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
  watchdog: z
    .strictObject({
      warnSeconds: seconds(120, "No new block for so long: /readyz fails"),
      limitSeconds: seconds(900, "No new block for so long: the process ends, to be restarted"),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(LOG_LEVELS).default("info").describe("Least severity that is logged"),
    })
    .prefault({}),
});
export type Config = z.output<typeof Config>;

/** Prefix of the variables of settings that have no name of their own. */
export const PREFIX = "NEUROND_VALIDATOR";

function isShare(text: string): boolean {
  try {
    parseFraction(text);
    return true;
  } catch {
    return false;
  }
}
