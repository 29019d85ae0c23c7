import { join } from "node:path";
import { expandHome } from "@neurond/chain/wallet";
import { type Environment, loadConfig } from "@neurond/runtime";
import {
  type CommandLine,
  givenOptions,
  MINER_OPTIONS,
  withOptionDefaults,
} from "@neurond/storage-rules";
import { Config, PREFIX } from "../config.ts";

/** A configuration, and which options somebody set. */
export interface ReadConfig {
  readonly config: Config;
  readonly given: ReadonlySet<string>;
  /** State directory of the options; null where nobody gave any. */
  readonly directory: string | null;
}

/** Options by which access is decided as they say, and not by our section. */
const ACCESS = /^miner\.(blacklist|priority)\.|^miner\.rate_limit_window$/;

/** Reads file, environment and command line; the line wins. @throws CodedError CONFIG_INVALID, CONFIG_UNREADABLE */
export function readConfig(
  { file, overrides, hasOptions }: Omit<CommandLine, "wantsHelp">,
  environment: Environment,
): ReadConfig {
  const more = { "storage.directory": MINER_OPTIONS["database.directory"].schema.parse(undefined) };
  const read = loadConfig(Config, {
    prefix: PREFIX,
    environment,
    file: file ?? environment[`${PREFIX}_CONFIG`],
    overrides,
    ...(hasOptions && {
      adapt: (found: Record<string, unknown>) => withOptionDefaults(found, MINER_OPTIONS, more),
    }),
  });
  const given = givenOptions(MINER_OPTIONS, read, overrides);
  const config = applyOptions(read, given, environment);
  const isNamed =
    hasOptions || ["logging.logging_dir", "miner.name"].some((name) => given.has(name));
  return { config, given, directory: isNamed ? directoryOf(config, environment) : null };
}

/** Settings that options stand for take the values of those that were given. */
function applyOptions(
  config: Config,
  given: ReadonlySet<string>,
  environment: Environment,
): Config {
  const { storage, axon, access, log } = config;
  const directory = given.has("database.directory")
    ? config["database.directory"]
    : storage.directory;
  const isSilent = config["miner.no_serve"] || config["miner.no_start_axon"];
  const isVerbose = config["miner.verbose"] && log.level !== "trace";
  const isByOptions = [...given].some((name) => ACCESS.test(name));
  return {
    ...config,
    storage: { ...storage, directory: expandHome(directory, environment) },
    axon: isSilent ? { ...axon, announce: false } : axon,
    access: isByOptions ? { ...access, rules: "options" } : access,
    log: isVerbose ? { ...log, level: "debug" } : log,
  };
}

function directoryOf(config: Config, environment: Environment): string {
  const { name = "default", hotkey = "default" } = config.wallet;
  const root = expandHome(config["logging.logging_dir"], environment);
  return join(root, name, hotkey, `netuid${config.netuid}`, config["miner.name"]);
}
