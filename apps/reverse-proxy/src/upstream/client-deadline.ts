import type { RawHeaders } from "@neurond/epistula";

const NAMES = new Set(["x-client-timeout", "timeout"]);
const SECONDS = /^\d{1,7}(?:\.\d{1,9})?$/;

/**
 * How long the caller says it waits for an answer, from sending; null when it does not say. Seconds,
 * as the axon's `timeout` header has them. Of several the shortest counts; what is no number, not.
 */
export function clientTimeoutMs(headers: RawHeaders): number | null {
  let shortest: number | null = null;
  for (const [name, value] of headers) {
    if (!NAMES.has(name.toLowerCase()) || !SECONDS.test(value)) continue;
    const timeoutMs = Math.floor(Number(value) * 1_000);
    if (shortest === null || timeoutMs < shortest) shortest = timeoutMs;
  }
  return shortest;
}
