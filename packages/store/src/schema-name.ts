import { storeError } from "./errors.ts";

/** Checks the name of a schema; it stands in connection options and statements without quotes. */
export function toSchemaName(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(text) && !text.startsWith("pg_")) return text;
  throw storeError(
    "DATABASE_ADDRESS_INVALID",
    "a schema is named by 1 to 63 of a-z 0-9 _, not beginning with a digit or pg_",
    { schema: text },
  );
}
