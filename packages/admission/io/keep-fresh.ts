import { setInterval } from "node:timers/promises";
import type { SubnetReader } from "@neurond/admission";
import { forLatest } from "@neurond/runtime";

/** How often a view is refreshed, and who hears of it. */
export interface KeepFreshOptions {
  readonly reader: Pick<SubnetReader, "pass">;
  readonly refreshMs: number;
  /** After every pass: for the gauge of the view's age. */
  readonly onPass?: () => void;
  /** Of a pass that failed; what it throws ends the loop. */
  readonly onFailed: (cause: unknown) => void;
}

/**
 * Refreshes a view at once and then every `refreshMs`, until the signal fires. A pass that takes longer
 * skips what it missed.
 */
export async function keepFresh(options: KeepFreshOptions, signal: AbortSignal): Promise<void> {
  const { reader, refreshMs, onPass, onFailed } = options;
  const pass = async () => {
    try {
      await reader.pass();
    } catch (cause) {
      if (!signal.aborted) onFailed(cause);
    }
    onPass?.();
  };
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  try {
    await forLatest(ticks(refreshMs, until), pass, until);
  } catch (error) {
    // A timer that is told to stop says so by throwing.
    if (!signal.aborted) throw error;
  } finally {
    ended.abort();
  }
}

async function* ticks(everyMs: number, signal: AbortSignal) {
  yield;
  for await (const _ of setInterval(everyMs, undefined, { signal })) yield;
}
