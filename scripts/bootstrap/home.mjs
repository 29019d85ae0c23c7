import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** Where npm and pnpm keep caches, stores and state. */
const WRITTEN = [".npm", ".cache", ".local/share", ".local/state"];

/**
 * The environment npm and pnpm install with. Where HOME cannot be written (a service user, an earlier
 * `sudo npm`, no entry in /etc/passwd) a folder of the checkout stands in for it.
 */
export function installEnvironment(root, env = process.env) {
  const common = {
    ...env,
    CI: "true", // no questions, no progress bars
    PATH: [dirname(process.execPath), env.PATH].filter(Boolean).join(delimiter),
    npm_config_fetch_retries: env.npm_config_fetch_retries ?? "2",
    npm_config_fetch_retry_mintimeout: env.npm_config_fetch_retry_mintimeout ?? "1000",
    npm_config_fetch_retry_maxtimeout: env.npm_config_fetch_retry_maxtimeout ?? "5000",
  };
  const home = findHome();
  if (home !== undefined && WRITTEN.every((name) => isWritable(join(home, name)))) return common;
  const { npm_config_cache, XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME, ...rest } = common;
  const ours = join(root, ".bootstrap", "home");
  mkdirSync(ours, { recursive: true });
  const settings = home === undefined ? undefined : join(home, ".npmrc"); // may name a registry mirror
  const keepsSettings = settings !== undefined && allowed(settings, constants.R_OK);
  return { ...rest, HOME: ours, ...(keepsSettings && { npm_config_userconfig: settings }) };
}

function findHome() {
  try {
    return homedir();
  } catch {
    return undefined; // HOME is not set and the user has no entry in /etc/passwd
  }
}

/** Of a path that does not exist yet, the nearest folder that does decides. */
function isWritable(path) {
  return existsSync(path) ? allowed(path, constants.W_OK) : isWritable(dirname(path));
}

function allowed(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
