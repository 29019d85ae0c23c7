/** A daemon on a busy machine answers within this, or is looked at another time. */
const TIMEOUT_MS = 1_000;
const MAX_CHARACTERS = 1_048_576;

/** What a daemon counts, as Prometheus reads it; nothing while it is away. */
export async function readMetrics(base: URL, signal: AbortSignal): Promise<string> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(new URL("/metrics", base), { signal: limited });
    return (await response.text()).slice(0, MAX_CHARACTERS);
  } catch {
    signal.throwIfAborted();
    return "";
  }
}

/** The sum of the samples that a pattern finds; its first group is the value. */
export function sum(text: string, pattern: RegExp): number {
  return text.matchAll(pattern).reduce((total, [, count]) => total + Number(count), 0);
}
