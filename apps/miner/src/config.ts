import { parseHotkey, toNetuid } from "@neurond/primitives";
import { LOG_LEVELS } from "@neurond/runtime";
import { z } from "zod";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

/** A transformation that threw would hide all other problems. */
const hotkey = z.string().transform((text, context) => {
  try {
    return parseHotkey(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});
const hotkeys = (text: string) => z.array(hotkey).default([]).describe(text);
const bytes = (fallback: number, text: string) => z.int().min(0).default(fallback).describe(text);
const seconds = (fallback: number, text: string) =>
  z.number().positive().default(fallback).describe(text);

/** Everything a miner can be told; defaults suit one disk and a public network. */
export const Config = z.strictObject({
  netuid: z
    .int()
    .min(0)
    .max(0xffff)
    .transform((value) => toNetuid(value))
    .describe("Subnet to mine on")
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
  http: z
    .strictObject({
      host: z.string().default("0.0.0.0").describe("Address to listen on"),
      port: z.int().min(0).max(65_535).default(8091).describe("Port to listen on"),
      requestsPerMinute: z
        .int()
        .min(1)
        .default(1200)
        .describe("Requests a minute from one source address; those beyond get 429"),
    })
    .prefault({}),
  axon: z
    .strictObject({
      announce: z.boolean().default(true).describe("Whether to say on chain where we serve"),
      externalIp: z
        .union([z.ipv4(), z.ipv6()])
        .optional()
        .describe("Address at which validators reach us; must be given to be announced")
        .meta({ env: "BT_AXON_EXTERNAL_IP" }),
      externalPort: z
        .int()
        .min(1)
        .max(65_535)
        .optional()
        .describe("Port at which validators reach us; the port listened on when absent")
        .meta({ env: "BT_AXON_EXTERNAL_PORT" }),
    })
    .prefault({}),
  storage: z
    .strictObject({
      directory: z
        .string()
        .min(1)
        .default("data/shards")
        .describe("Where shards are kept; one disk"),
      quotaBytes: bytes(100 * GIB, "Shards may take so much, those being received included"),
      keepFreeBytes: bytes(GIB, "A shard that would leave less free on the disk is refused"),
      maxShardBytes: z
        .int()
        .min(1)
        .default(256 * MIB)
        .describe("A longer shard is refused"),
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
    })
    .prefault({}),
  access: z
    .strictObject({
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
export const PREFIX = "NEUROND_MINER";
