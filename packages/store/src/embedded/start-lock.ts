import { lock } from "@neurond/files";
import { storeError } from "../errors.ts";
import type { Layout } from "./layout.ts";

/** More than a first start with a recovery, and a stop before it, may take. */
const PATIENCE_MS = 300_000;

/** Runs `work` while no other process does the same in this directory. */
export async function withStartLock<T>(
  { lock: path, directory }: Layout,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  using held = await lock(path, { patienceMs: PATIENCE_MS, signal });
  if (held !== undefined) return await work();
  const message = `another process has been starting the database in ${directory} for ${PATIENCE_MS / 1_000} s: end it`;
  throw storeError("DATABASE_START_FAILED", message, { directory });
}
