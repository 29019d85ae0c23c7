/** An option that several commands share. */
export interface SharedOption {
  /** In commander's notation; the long name is the option's name everywhere else. */
  readonly flags: string;
  readonly description: string;
  /** Other long spellings, without dashes, in hyphen form; each also works with underscores. */
  readonly aliases?: readonly string[];
  /** Variables that give a value when neither a flag nor the config file does, strongest first. */
  readonly env?: readonly string[];
  readonly fallback?: string;
  /** Known before and after every command. */
  readonly global?: true;
}

/** The shared options, in btcli's spellings; aliases are those of Bittensor 11 and of other versions. */
export const SHARED_OPTIONS = {
  json: {
    flags: "--json",
    description: "print the result as one JSON object on stdout; never ask",
    aliases: ["json-output"],
    global: true,
  },
  quiet: { flags: "-q, --quiet", description: "no notes and no progress on stderr", global: true },
  yes: {
    flags: "-y, --yes",
    description: "answer every question with yes",
    aliases: ["no-prompt"],
    global: true,
  },
  debug: {
    flags: "--debug",
    description: "print the stack and cause of an error",
    aliases: ["logging.debug", "logging.trace"],
    global: true,
  },
  config: {
    flags: "--config <file>",
    description: "YAML whose keys are long option names; flags win over it",
    global: true,
  },
  "wallet.name": {
    flags: "-w, --wallet.name <name>",
    description: "wallet (coldkey) name",
    aliases: ["wallet-name", "wallet"],
    env: ["BT_WALLET_NAME", "BT_WALLET", "EPISTULA_WALLET_NAME", "WALLET_NAME"],
    fallback: "default",
  },
  "wallet.hotkey": {
    flags: "-H, --wallet.hotkey <name>",
    description: "hotkey name",
    aliases: ["wallet-hotkey"],
    env: ["BT_WALLET_HOTKEY", "EPISTULA_HOTKEY_NAME", "BT_HOTKEY_NAME", "HOTKEY_NAME"],
    fallback: "default",
  },
  "wallet.path": {
    flags: "--wallet.path <directory>",
    description: "directory of wallets",
    aliases: ["wallet-path"],
    env: ["BT_WALLET_PATH", "BT_WALLETS_DIR"],
    fallback: "~/.bittensor/wallets",
  },
  "wallet.password-file": {
    flags: "--wallet.password-file <file>",
    description: "file whose first line is the password of an encrypted key",
    aliases: ["wallet-password-file"],
    env: ["BT_WALLET_PASSWORD_FILE"],
  },
  uri: {
    flags: "--uri <secret-uri>",
    description: "development key such as //Alice instead of a wallet; others can see it in ps",
    aliases: ["wallet.uri", "wallet-uri"],
  },
  "subtensor.network": {
    flags: "-n, --subtensor.network <name>",
    description: "network name (finney, test, archive, local, latent-lite) or endpoint",
    aliases: ["network"],
    env: ["BT_SUBTENSOR_NETWORK", "BT_NETWORK"],
    fallback: "finney",
  },
  "subtensor.chain_endpoint": {
    flags: "--subtensor.chain_endpoint <url>",
    description: "websocket endpoint; wins over the network",
    aliases: ["endpoint", "chain-endpoint"],
    env: ["BT_SUBTENSOR_CHAIN_ENDPOINT", "BT_CHAIN_ENDPOINT"],
  },
  netuid: { flags: "--netuid <number>", description: "subnet", env: ["NETUID"] },
  mecid: {
    flags: "--mecid <number>",
    description: "mechanism of the subnet",
    aliases: ["mechid", "mechanism-id"],
    fallback: "0",
  },
  block: {
    flags: "--block <block>",
    description: "the state of this block: height, hash, best or finalized",
    fallback: "best",
  },
  timeout: {
    flags: "--timeout <seconds>",
    description: "how long to wait for the chain; writes get four times as long",
    fallback: "30",
  },
  "axon.external_ip": {
    flags: "--axon.external_ip <ip>",
    description: "IPv4 or IPv6 address at which others reach the axon",
    aliases: ["axon.ip"],
    env: ["BT_AXON_EXTERNAL_IP"],
  },
  "axon.external_port": {
    flags: "--axon.external_port <port>",
    description: "port at which others reach the axon",
    aliases: ["axon.port"],
    env: ["BT_AXON_EXTERNAL_PORT", "BT_AXON_PORT"],
    fallback: "8091",
  },
} as const satisfies Record<string, SharedOption>;

/** Name of a shared option: its long flag without dashes. */
export type SharedOptionName = keyof typeof SHARED_OPTIONS;

/** A shared option by name, with all its members whether set or not. */
export function sharedOption(name: string): SharedOption | undefined {
  return Object.hasOwn(SHARED_OPTIONS, name) ? SHARED_OPTIONS[name as SharedOptionName] : undefined;
}

/** The options every command understands, at any place of the line. */
export const GLOBAL_OPTIONS = entries().filter(([, option]) => option.global);

/** The options that commands ask for by name. */
export const CHOSEN_OPTIONS = entries().filter(([, option]) => !option.global);

/** Every accepted spelling of a shared option in hyphen form, with the option's name. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  entries().flatMap(([name, { aliases = [] }]) =>
    [name, ...aliases].map((spelling) => [hyphenated(spelling), name] as const),
  ),
);

/** The one spelling of an option that commander knows: `--wallet_name` and `--wallet-name` are `wallet.name`. */
export function canonicalName(spelling: string): string {
  const hyphens = hyphenated(spelling);
  return SPELLINGS.get(hyphens) ?? hyphens;
}

/** Whether a key of a config file names a shared option. */
export function isSharedSpelling(spelling: string): boolean {
  return SPELLINGS.has(hyphenated(spelling));
}

function hyphenated(spelling: string): string {
  return spelling.replaceAll("_", "-");
}

function entries(): readonly (readonly [SharedOptionName, SharedOption])[] {
  return Object.entries(SHARED_OPTIONS) as [SharedOptionName, SharedOption][];
}
