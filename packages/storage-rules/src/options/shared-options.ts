import { choice, flag, optionalText, secretly, standsFor, text, whole } from "./kinds.ts";

const PORTS = { min: 1, max: 65_535 };

/** What every process takes, under the names that neuron daemons of this network share. */
export const COMMON_OPTIONS = {
  netuid: standsFor(
    "netuid",
    whole(
      21,
      {
        help: "Subnet to work on",
        effect: "registration, metagraph and weights are that subnet's",
      },
      { min: 0, max: 4095 },
    ),
  ),
  "wallet.name": standsFor(
    "wallet.name",
    text("default", { help: "Name of the wallet (coldkey)", effect: "whose keyfiles are read" }),
  ),
  "wallet.hotkey": standsFor(
    "wallet.hotkey",
    text("default", { help: "Name of the hotkey", effect: "who signs requests and answers" }),
  ),
  "wallet.path": standsFor(
    "wallet.path",
    text("~/.bittensor/wallets", {
      help: "Directory of wallets",
      effect: "where keyfiles are looked for",
    }),
  ),
  "axon.port": standsFor(
    "http.port",
    whole(
      8091,
      { help: "Port to serve on", effect: "the door listens there, and it is announced" },
      PORTS,
    ),
  ),
  "axon.external_ip": standsFor(
    "axon.externalIp",
    optionalText({
      help: "Address at which other neurons reach this one",
      effect: "what is announced on chain",
    }),
  ),
  "axon.external_port": standsFor(
    "axon.externalPort",
    optionalText({
      help: "Port at which other neurons reach this one; the one served on when absent",
      effect: "what is announced on chain",
    }),
  ),
  "subtensor.network": standsFor(
    "chain.network",
    text("finney", {
      help: "Name of a network, or an endpoint",
      effect: "the chain that is connected to",
    }),
  ),
  "subtensor.chain_endpoint": standsFor(
    "chain.endpoint",
    optionalText({
      help: "Websocket endpoint of a chain; wins over the network",
      effect: "the chain that is connected to",
    }),
  ),
  "logging.debug": standsFor(
    "log.level",
    flag({ help: "Log at level debug", effect: "more lines in the log" }),
    "debug",
  ),
  "logging.trace": standsFor(
    "log.level",
    flag({ help: "Log at level trace", effect: "still more lines in the log" }),
    "trace",
  ),
  "logging.logging_dir": text("~/.bittensor/miners", {
    help: "Directory of logs and kept state",
    effect: "where the state directory {wallet}/{hotkey}/netuid{N}/{name} lies",
  }),
} as const;

const NO_REDIS =
  "said at start: no Redis server is used; a validator keeps records in Postgres, a miner on its disk";

/** Where records are kept in Redis; the miner's are in database 0, the others' in 1. */
export function databaseOptions(index: number) {
  return {
    "database.host": text("localhost", {
      help: "Host of the Redis server",
      effect: NO_REDIS,
    }),
    "database.port": whole(6379, { help: "Port of the Redis server", effect: NO_REDIS }, PORTS),
    "database.index": whole(
      index,
      {
        help: "Logical database of the Redis server",
        effect: NO_REDIS,
      },
      { min: 0, max: 1_000_000 },
    ),
    "database.redis_password": secretly(
      optionalText({
        help: "Password of the Redis server; better in the variable REDIS_PASSWORD",
        effect: NO_REDIS,
      }),
    ),
    "database.redis_conf_path": text("/etc/redis/redis.conf", {
      help: "Configuration file of the Redis server",
      effect: NO_REDIS,
    }),
    "database.skip_native_environment_check": flag({
      help: "Do not look at the configuration file of the Redis server",
      effect: NO_REDIS,
    }),
  } as const;
}

/**
 * Where events are shown to others; the map from pieces to miners is never among them. A process that
 * publishes none says what it does instead.
 */
export const wandbOptions = (instead?: string) =>
  ({
    "wandb.off": flag({
      help: "Publish no events",
      effect: instead ?? "nothing is written to the sink of public events",
    }),
    "wandb.project_name": text("philanthropic-thunder", {
      help: "Project that published events belong to",
      effect: instead ?? "names the directory of the sink, and the project at wandb",
    }),
    "wandb.entity": text("philanthrope", {
      help: "Whom the project belongs to",
      effect: instead ?? "stands in the sink's first line; wandb keeps the project under it",
    }),
    "wandb.offline": flag({
      help: "Keep published events on this machine",
      effect:
        instead ??
        "events stay in files, and are not sent later; else they go to wandb with WANDB_API_KEY",
    }),
    "wandb.weights_step_length": whole(
      10,
      {
        help: "Steps between two publications of weights",
        unit: "steps",
        effect: instead ?? "every so many steps the weights are published",
      },
      { min: 1, max: 1_000_000 },
    ),
    "wandb.run_step_length": whole(
      1500,
      {
        help: "Steps after which a new run begins",
        unit: "steps",
        effect: instead ?? "the sink begins a new file, wandb a new run",
      },
      { min: 1, max: 100_000_000 },
    ),
    "wandb.notes": text("", {
      help: "Notes on the run",
      effect: instead ?? "stand in the sink's first line, and at wandb",
    }),
  }) as const;

const NO_WALLET = "said at start: test data is random bytes, and no wallet is made";

/** The throw-away wallet that an API node and a validator encrypt with beneath the client's own layer. */
export const ENCRYPTION_OPTIONS = {
  "encryption.wallet_name": text("core_storage_coldkey", {
    help: "Wallet that the node encrypts with",
    effect: NO_WALLET,
  }),
  "encryption.wallet_hotkey": text("core_storage_hotkey", {
    help: "Hotkey of that wallet",
    effect: NO_WALLET,
    upstream: "has no effect there",
  }),
  "encryption.password": secretly(
    text("dummy_password", {
      help: "Password of that wallet's keyfile",
      effect: NO_WALLET,
      upstream: "the keyfile is not encrypted there",
    }),
  ),
} as const;

/** Where arithmetic runs; everything is done on the CPU. */
export function deviceOption() {
  return choice(["cpu", "cuda"], "cpu", {
    help: "Device to compute on",
    upstream: "cuda where there is one",
    effect: "cuda is warned of at start: all work is done on the CPU",
  });
}
