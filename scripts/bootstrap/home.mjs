import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/**
 * The environment npm and pnpm install with. Their caches live in HOME; where that cannot be written
 * (a service user, `sudo npm` in the past) HOME becomes a folder of the checkout.
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
  const home = homedir();
  if (["", ".npm", ".cache", ".local", ".local/share"].every((name) => usable(join(home, name)))) {
    return common;
  }
  const ours = join(root, ".bootstrap", "home");
  mkdirSync(ours, { recursive: true });
  const { npm_config_cache, XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME, ...rest } = common;
  const settings = join(home, ".npmrc"); // may name a registry mirror
  return { ...rest, HOME: ours, ...(readable(settings) && { npm_config_userconfig: settings }) };
}

/** HOME must be there; a folder inside it may be missing, then its parent's permission decides. */
function usable(path) {
  return allowed(path, constants.W_OK) || (path !== homedir() && absentIn(path));
}

function absentIn(path) {
  return (
    !existsSync(path) && (allowed(dirname(path), constants.W_OK) || !existsSync(dirname(path)))
  );
}

const readable = (path) => allowed(path, constants.R_OK);

function allowed(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
