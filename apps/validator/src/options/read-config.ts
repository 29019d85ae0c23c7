import { createLogger, type Environment, type Logger, loadConfig } from "@neurond/runtime";
import {
  type CommandLine,
  givenOptions,
  VALIDATOR_OPTIONS,
  withOptionDefaults,
} from "@neurond/storage-rules";
import { Config, PREFIX } from "../config.ts";

/** A configuration, and which options somebody set. */
export interface ReadConfig {
  readonly config: Config;
  readonly given: ReadonlySet<string>;
  /** Whether the defaults of options hold, the subnet among them. */
  readonly byOptions: boolean;
}

/** Options that are another spelling of a setting of ours, in its unit. */
const SETTINGS = {
  "neuron.set_weights_epoch_length": "weights.everyBlocks",
  "neuron.challenge_timeout": "probe.deadlineSeconds",
} as const;

/** Reads file, environment and command line; the line wins. @throws CodedError CONFIG_INVALID, CONFIG_UNREADABLE */
export function readConfig(
  { file, overrides, hasOptions }: Omit<CommandLine, "wantsHelp">,
  environment: Environment,
): ReadConfig {
  const more = Object.fromEntries(
    Object.entries(SETTINGS).map(([option, path]) => {
      return [path, VALIDATOR_OPTIONS[option as keyof typeof SETTINGS].schema.parse(undefined)];
    }),
  );
  const read = loadConfig(Config, {
    prefix: PREFIX,
    environment,
    file: file ?? environment[`${PREFIX}_CONFIG`],
    overrides,
    ...(hasOptions && {
      adapt: (found: Record<string, unknown>) => withOptionDefaults(found, VALIDATOR_OPTIONS, more),
    }),
  });
  const given = givenOptions(VALIDATOR_OPTIONS, read, overrides);
  return { config: applyOptions(read, given), given, byOptions: hasOptions };
}

/** Settings that options stand for take the values of those that were given. */
function applyOptions(config: Config, given: ReadonlySet<string>): Config {
  const { weights, probe, rewards, log } = config;
  const isVerbose = config["neuron.verbose"] && log.level !== "trace";
  return {
    ...config,
    weights: given.has("neuron.set_weights_epoch_length")
      ? { ...weights, everyBlocks: config["neuron.set_weights_epoch_length"] }
      : weights,
    probe: given.has("neuron.challenge_timeout")
      ? { ...probe, deadlineSeconds: config["neuron.challenge_timeout"] }
      : probe,
    rewards: given.has("neuron.speed_mode")
      ? { ...rewards, mode: config["neuron.speed_mode"] }
      : rewards,
    log: isVerbose ? { ...log, level: "debug" } : log,
  };
}

/** The log of the process at a level, beside it in a file when one is given. */
export function loggerOf(
  { log }: Pick<Config, "log">,
  file: { write(line: string): unknown } | null,
): Logger {
  if (file === null) return createLogger("validator", log.level);
  const both = {
    write(line: string) {
      process.stdout.write(line);
      file.write(line);
    },
  };
  return createLogger("validator", log.level, both);
}
