import type { DatabaseOptions } from "@neurond/store";
import type { Config } from "./config.ts";

/** Where the index is, as settings say it. */
export function databaseOf({ database }: Config): Omit<DatabaseOptions, "signal"> {
  const { url, directory, schema } = database;
  return { url: url?.reveal(), directory, schema };
}
