import { CodedError } from "@neurond/primitives";
import type { EpistulaCode } from "./errors.ts";
import { Outage, type OutageOptions } from "./outage.ts";
import type { ReplayStore } from "./replay.ts";

/** Two stores, and what to do when the shared one is out. */
export interface ReplayFallbackOptions extends OutageOptions {
  /** Shared by all processes. */
  readonly primary: ReplayStore;
  /** In the memory of this one. */
  readonly local: ReplayStore;
  /** Refuse while the primary is out, instead of judging by what this process alone remembers. */
  readonly failClosed?: boolean;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/**
 * A replay store that outlives an outage of the shared one. The local memory is asked first, always:
 * what passed here never passes here again, outage or not. While the primary is out, a request that
 * passed in another process may pass here once, unless `failClosed`.
 */
export function replayWithFallback(options: ReplayFallbackOptions): ReplayStore {
  const { primary, local, failClosed = false, now, onDegraded, retryMs } = options;
  const outage = new Outage({ onDegraded, ...(retryMs !== undefined && { retryMs }) });
  return {
    retentionMs: Math.min(primary.retentionMs, local.retentionMs),
    async rememberIfNew(keys) {
      if (!(await local.rememberIfNew(keys))) return false;
      let reason: unknown;
      if (!outage.avoids(now())) {
        try {
          const isNew = await primary.rememberIfNew(keys);
          outage.answered();
          return isNew;
        } catch (cause) {
          outage.failed(cause, now());
          reason = cause;
        }
      }
      if (!failClosed) return true;
      throw new CodedError<EpistulaCode>(
        "REPLAY_OUTAGE",
        "the shared memory of nonces does not answer, and this door then lets nobody in",
        {},
        { cause: reason },
      );
    },
  };
}
