import { chainError } from "./errors.ts";
import type { CallOptions } from "./options.ts";

/** Longest timer Node takes; a longer deadline is none. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs `work` with a signal that fires at the deadline or with the caller's own, and settles then
 * even if `work` does not. Timer and listener are gone when it returns.
 */
export async function withDeadline<T>(
  what: string,
  options: CallOptions,
  defaultMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal: outer, timeoutMs = defaultMs } = options;
  outer?.throwIfAborted();
  const controller = new AbortController();
  const { signal } = controller;
  const follow = () => controller.abort(outer?.reason);
  outer?.addEventListener("abort", follow, { once: true });
  const timer = setTimeout(
    () =>
      controller.abort(
        chainError("DEADLINE_EXCEEDED", `${what}: no result within ${timeoutMs} ms`, {
          what,
          timeoutMs,
        }),
      ),
    Math.min(timeoutMs, MAX_TIMER_MS),
  );
  try {
    return await abortable(work(signal), signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", follow);
  }
}

/** Settles with `promise`, or rejects with the signal's reason when that comes first. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw signal.reason;
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Waits; rejects with the signal's reason when it fires first. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS));
  try {
    await abortable(promise, signal);
  } finally {
    clearTimeout(timer);
  }
}
