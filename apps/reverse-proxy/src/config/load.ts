import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { CodedError } from "@neurond/primitives";
import { type Environment, loadConfig, type UnknownKey } from "@neurond/runtime";
import type { ProxyCode } from "../errors.ts";
import { adaptSeed } from "./adapt-seed.ts";
import { Config, PREFIX } from "./config.ts";
import { type Settings, settingsOf } from "./settings.ts";

export interface LoadOptions {
  /** File or directory named on the command line. */
  readonly path?: string | undefined;
  /** Settings given on the command line, as text by dotted path. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly environment: Environment;
  /** Where `.env` is looked for. */
  readonly directory: string;
  /** Taken when nobody names a file: the app's own directory. */
  readonly home?: string;
  readonly onUnknown?: (unknown: UnknownKey) => void;
}

/** Settings, and the file they were read from. */
export interface Loaded {
  readonly settings: Settings;
  readonly file: string | undefined;
}

const NAMES = ["config.json", "config.yaml", "config.yml"];

/**
 * Settings from the command line, then the environment (and `.env`), then the file, then defaults.
 * @throws CodedError CONFIG_INVALID, CONFIG_UNREADABLE, SETTINGS_UNUSABLE
 */
export function loadSettings(options: LoadOptions): Loaded {
  const environment = { ...readDotEnv(options.directory), ...options.environment };
  const named = options.path ?? environment[`${PREFIX}_CONFIG_PATH`];
  const file = named
    ? locate(named)
    : NAMES.map((name) => join(options.home ?? "", name)).find(existsIn(options.home));
  const config = loadConfig(Config, {
    prefix: PREFIX,
    environment,
    file,
    adapt: adaptSeed,
    onUnknown: options.onUnknown ?? (() => undefined),
    ...(options.overrides && { overrides: options.overrides }),
  });
  return { settings: settingsOf(config), file };
}

const existsIn = (home: string | undefined) => (path: string) =>
  home !== undefined && existsSync(path);

/** A directory means the configuration in it. */
function locate(named: string): string {
  const path = named.replace(/^~(?=\/|$)/, homedir());
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const found = NAMES.map((name) => join(path, name)).find((candidate) => existsSync(candidate));
  if (found) return found;
  throw new CodedError<ProxyCode>(
    "SETTINGS_UNUSABLE",
    `${path} holds no ${NAMES.join(", ")}; run \`make reverse-proxy-config\` for an example`,
    { path },
  );
}

function readDotEnv(directory: string): Environment {
  const file = join(directory, ".env");
  return existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
}
