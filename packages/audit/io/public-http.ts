import { setTimeout as sleep } from "node:timers/promises";
import { isCoded } from "@neurond/primitives";
import { readBounded } from "@neurond/runtime";

/** How patient to be with strangers. */
export interface HttpLimits {
  readonly timeoutMs: number;
  /** Longest wait when a server says that it is busy. */
  readonly busyMs: number;
}

export const DEFAULT_LIMITS: HttpLimits = { timeoutMs: 10_000, busyMs: 5_000 };

/** What a request came to; a stranger's failure is data. */
export type Fetched =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

const BUSY = [429, 503];
const ATTEMPTS = 3;

/**
 * Asks a stranger's server: bounded in time and size, no redirects, twice again when the connection
 * fails or the server is busy.
 */
export async function getPublic(
  url: URL,
  options: { readonly limits: HttpLimits; readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<Fetched> {
  const { limits, maxBytes, signal } = options;
  let reason = "UNREACHABLE";
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    signal.throwIfAborted();
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(limits.timeoutMs)]);
    try {
      const response = await fetch(url, { redirect: "error", signal: bounded });
      if (response.status === 200)
        return { ok: true, bytes: await readBounded(response, maxBytes) };
      await response.body?.cancel();
      reason = `HTTP_${response.status}`;
      if (!BUSY.includes(response.status)) break;
      await sleep(busyMs(response, limits, attempt), undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (isCoded(error, "ANSWER_TOO_LARGE")) return { ok: false, reason: "TOO_LARGE" };
      reason = bounded.aborted ? "TIMEOUT" : "UNREACHABLE";
      if (bounded.aborted) break;
      await sleep(100 * 2 ** attempt, undefined, { signal });
    }
  }
  return { ok: false, reason };
}

function busyMs(response: Response, { busyMs: most }: HttpLimits, attempt: number): number {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const asked = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 250 * 2 ** attempt;
  return Math.min(asked, most);
}
