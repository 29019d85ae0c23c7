import { toNetuid } from "@neurond/primitives";
import { z } from "zod";
import { secret } from "./config.ts";
import { LOG_LEVELS } from "./logger.ts";

const seconds = (fallback: number, text: string) =>
  z.number().positive().max(1_000_000).default(fallback).describe(text);

/** The subnet a daemon is for; it has no default. */
export const netuidSetting = (text: string) =>
  z
    .int()
    .min(0)
    .max(4095)
    .transform((value) => toNetuid(value))
    .describe(text)
    .meta({ env: "NETUID" });

/** The `chain` section: where a daemon finds its chain. */
export const ChainSection = z.strictObject({
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
    .describe("No block for so long: the endpoint is left; three block times when absent, 0 never"),
});

/** The `wallet` section: whose hotkey signs, unless the environment carries one (`BT_HOTKEY_*`). */
export const WalletSection = z.strictObject({
  name: z.string().optional().describe("Wallet name").meta({ env: "BT_WALLET_NAME" }),
  hotkey: z.string().optional().describe("Hotkey name").meta({ env: "BT_WALLET_HOTKEY" }),
  path: z.string().optional().describe("Directory of wallets").meta({ env: "BT_WALLET_PATH" }),
});

/** The `http` section: where a daemon listens, and how often one address may ask. */
export const httpSection = (defaults: {
  readonly host: string;
  readonly port: number;
  readonly requestsPerMinute: number;
}) =>
  z.strictObject({
    host: z.string().default(defaults.host).describe("Address to listen on"),
    port: z.int().min(0).max(65_535).default(defaults.port).describe("Port to listen on"),
    requestsPerMinute: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(defaults.requestsPerMinute)
      .describe("Requests a minute from one address; those beyond get 429"),
  });

/** The `database` section: where a daemon keeps what must outlive it, by default in a schema of this name. */
export const databaseSection = (schema: string) =>
  z.strictObject({
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
      .default(schema)
      .describe(`Schema of this ${schema}; each needs its own`),
  });

/** The `axon` section: what a daemon says on chain about where it serves. */
export const AxonSection = z.strictObject({
  announce: z.boolean().default(true).describe("Whether to say on chain where we serve"),
  externalIp: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .describe("Address at which other neurons reach us; must be given to be announced")
    .meta({ env: "BT_AXON_EXTERNAL_IP" }),
  externalPort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Port at which other neurons reach us; the port listened on when absent")
    .meta({ env: "BT_AXON_EXTERNAL_PORT" }),
});

/** The `watchdog` section: how long a chain may stand still. */
export const WatchdogSection = z.strictObject({
  warnSeconds: seconds(120, "No new block for so long: /readyz fails"),
  limitSeconds: seconds(900, "No new block for so long: the process ends, to be restarted"),
});

/** The `log` section. */
export const LogSection = z.strictObject({
  level: z.enum(LOG_LEVELS).default("info").describe("Least severity that is logged"),
});
