import type { Environment } from "@neurond/runtime";

/** The netuid that the older auditor knew without being told. */
const EXPORTS_NETUID = 64;

/**
 * A config.yml of the older auditor in our own words: `subtensor` is a node, the netuid may be left out,
 * and there are no runs of ours to audit on that subnet. Our own files come out as they are.
 */
export function adaptConfig(file: Record<string, unknown>): Record<string, unknown> {
  const { subtensor, ...rest } = file;
  if (typeof subtensor !== "string") return file;
  const endpoint = /^wss?:\/\//.test(subtensor) ? { endpoint: subtensor } : { network: subtensor };
  return {
    netuid: EXPORTS_NETUID,
    ...rest,
    chain: { ...endpoint, ...sectionOf(rest["chain"]) },
    audit: { runs: false, ...sectionOf(rest["audit"]) },
  };
}

/**
 * The older auditor's variables as the one that all our daemons read. `POSTGRES_DB` counts too, which
 * that one ignored.
 */
export function adaptEnvironment(environment: Environment): Environment {
  if (environment["DATABASE_URL"] ?? environment["DATABASE_URL_FILE"]) return environment;
  const {
    POSTGRESQL: url,
    POSTGRES_HOST: host = "postgres",
    POSTGRES_PORT: port = "5432",
  } = environment;
  if (url) return { ...environment, DATABASE_URL: url };
  const isNamed = Object.keys(environment).some((name) => /^POSTGRES_|^PGPASSWD$/.test(name));
  if (!isNamed) return environment;
  const user = environment["POSTGRES_USER"] ?? "user";
  const password = environment["POSTGRES_PASSWORD"] ?? environment["PGPASSWD"] ?? "password";
  const name = environment["POSTGRES_DB"] ?? "chutes_audit";
  const [encodedUser, encodedPassword, encodedName] = [user, password, name].map(
    encodeURIComponent,
  );
  const made = `postgres://${encodedUser}:${encodedPassword}@${host}:${port}/${encodedName}`;
  return { ...environment, DATABASE_URL: made };
}

function sectionOf(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}
