import { setTimeout as sleep } from "node:timers/promises";

export interface RetryOptions {
  readonly signal: AbortSignal;
  /** Attempts in all. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles after each. */
  readonly firstDelayMs: number;
  readonly maxDelayMs?: number;
  /** What the other side asks for after this error, as by `Retry-After`; even above `maxDelayMs`. */
  readonly leastDelayMs?: (error: unknown) => number;
  /** Whether another attempt can help; the error of the last attempt is thrown. */
  readonly retryable: (error: unknown) => boolean;
  /** 0..1, spreads callers apart. */
  readonly random?: () => number;
}

/** Tries again, with growing and spread pauses, what may succeed later. */
export async function retry<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { signal, attempts, firstDelayMs, maxDelayMs = 30_000, random = Math.random } = options;
  for (let made = 1; ; made += 1) {
    signal.throwIfAborted();
    try {
      return await attempt(signal);
    } catch (error) {
      if (made >= attempts || signal.aborted || !options.retryable(error)) throw error;
      const delay = Math.min(firstDelayMs * 2 ** (made - 1), maxDelayMs);
      const least = options.leastDelayMs?.(error) ?? 0;
      await sleep(Math.max(delay * (0.5 + random() / 2), least), undefined, { signal });
    }
  }
}
