import { isAbort } from "@neurond/primitives";
import type { Logger } from "./logger.ts";

export interface ServiceOptions {
  readonly log: Logger;
  /** After a signal: how long resources may take to leave before the process exits 1. */
  readonly releaseMs?: number;
}

/** Tells the process manager that the service accepts work (PM2 `wait_ready`). */
export const announceReady = (): void => {
  process.send?.("ready");
};

/**
 * Runs a service until it ends or is told to stop. The first SIGINT or SIGTERM aborts `signal`,
 * a second exits at once, and a release that hangs exits 1 at its deadline. Resources leave in
 * reverse order of their arrival. Anything unexpected is logged as fatal and ends with 1: the
 * process manager restarts, nothing is swallowed.
 */
export async function runService(
  body: (resources: AsyncDisposableStack, signal: AbortSignal) => Promise<void>,
  { log, releaseMs = 10_000 }: ServiceOptions,
): Promise<void> {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(1);
    log.info({ signal: name }, "stopping");
    setTimeout(() => {
      log.fatal({ releaseMs }, "release took too long");
      process.exit(1);
    }, releaseMs).unref();
    stop.abort();
  };
  const onBug = (error: unknown) => {
    log.fatal({ error }, "bug");
    log.flush(() => process.exit(1));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  process.on("uncaughtException", onBug).on("unhandledRejection", onBug);
  try {
    await using resources = new AsyncDisposableStack();
    await body(resources, stop.signal);
  } catch (error) {
    if (!(stop.signal.aborted && isAbort(error))) {
      log.fatal({ error }, "service failed");
      process.exitCode = 1;
    }
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    process.off("uncaughtException", onBug).off("unhandledRejection", onBug);
  }
}
