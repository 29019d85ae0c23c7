import type { Config } from "@neurond/storage-api";
import type { AccessKeys } from "@neurond/store";
import type { Call } from "../../call.ts";

/** The option that every command of keys takes. */
export const SETTINGS = {
  flags: "--settings <file>",
  description: "settings of the node, as the daemon is given them (default: the environment alone)",
} as const;

/** What a node keeps its keys in. */
export interface OpenKeys {
  readonly config: Config;
  readonly keys: AccessKeys;
}

/** Opens the database of a node by its settings, for as long as `work` takes. */
export async function withKeys<Value>(
  call: Call,
  work: (open: OpenKeys) => Promise<Value>,
): Promise<Value> {
  const { Config, databaseOf, PREFIX } = await import("@neurond/storage-api");
  const { loadConfig } = await import("@neurond/runtime");
  const { AccessKeys, openDatabase } = await import("@neurond/store");
  const source = { prefix: PREFIX, environment: call.env, file: call.given("settings") };
  const config = loadConfig(Config, source);
  const { signal } = call;
  const opening = openDatabase({ ...databaseOf(config), signal });
  await using database = await call.progress("opening the database", opening);
  return await work({ config, keys: new AccessKeys(database.kysely) });
}
