import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { writeWhole } from "@neurond/files";
import { codeOf, storeError } from "../errors.ts";

/** How to log in at the embedded server. */
export interface ServerKey {
  readonly port: number;
  readonly password: string;
}

/** The one role of an embedded server. */
export const SERVER_USER = "neurond";
/** The one database of an embedded server; daemons have a schema each in it. */
export const SERVER_DATABASE = "postgres";

/** Reads the key; null when there is none yet. */
export async function readKey(file: string): Promise<ServerKey | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return null;
    const message = `cannot read ${file}: run as the user who started the database`;
    throw storeError("DATABASE_DIRECTORY_UNUSABLE", message, { file }, cause);
  }
  const { port, password } = parse(text);
  if (Number.isInteger(port) && typeof password === "string") {
    return { port: Number(port), password };
  }
  throw storeError("DATABASE_KEY_LOST", `${file} is damaged: restore it or begin anew`, { file });
}

/** Stores the key so that it is there whole or not at all. */
export async function writeKey(file: string, key: ServerKey): Promise<void> {
  await writeWhole(file, `${JSON.stringify(key)}\n`);
}

/** A password nobody has to remember. */
export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

function parse(text: string): { readonly port?: unknown; readonly password?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
