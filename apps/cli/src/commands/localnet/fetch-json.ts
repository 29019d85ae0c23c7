import type { z } from "zod";

/** A daemon on a busy machine answers within this, or another time. */
const TIMEOUT_MS = 3_000;

/** A public answer in a shape; undefined when it is not there, not yet, or not of that shape. */
export async function fetchJson<Schema extends z.ZodType>(
  schema: Schema,
  url: URL,
  signal: AbortSignal,
  init: RequestInit = {},
): Promise<z.infer<Schema> | undefined> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { ...init, signal: limited });
    const parsed = schema.safeParse(await response.json());
    return response.ok && parsed.success ? parsed.data : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Whether a daemon says that it accepts work. */
export async function isReadyAt(base: URL, signal: AbortSignal): Promise<boolean> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(new URL("/readyz", base), { signal: limited });
  await response.arrayBuffer();
  return response.ok;
}
