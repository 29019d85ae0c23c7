import { type HeldLock, lock } from "@neurond/files";
import { CodedError } from "@neurond/primitives";
import type { StoreCommandCode } from "./errors.ts";

const PATIENCE_MS = 15_000;

/** Takes a lock that everybody holds for milliseconds only, waiting for it. @throws CodedError LOCK_HELD */
export async function briefLock(path: string, signal?: AbortSignal): Promise<HeldLock> {
  const held = await lock(path, { patienceMs: PATIENCE_MS, signal });
  if (held !== undefined) return held;
  const message = `another process has held ${path} for ${PATIENCE_MS / 1_000} s; wait for it to end`;
  throw new CodedError<StoreCommandCode>("LOCK_HELD", message, { path });
}
