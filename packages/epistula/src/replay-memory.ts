import { CodedError } from "@neurond/primitives";
import type { EpistulaCode } from "./errors.ts";
import type { ReplayStore } from "./replay.ts";

/** How much and how long the memory of one process holds. */
export interface ReplayMemoryOptions {
  readonly retentionMs: number;
  /** Any monotonic or wall clock in milliseconds. */
  readonly now: () => number;
  /** Bound of memory: about 200 bytes each. */
  readonly maxKeys?: number;
}

/**
 * A replay store in the memory of one process; another process does not see it.
 * When full of live keys it rejects with `REPLAY_FULL`: forgetting one would let its request in again.
 */
export function replayMemory(options: ReplayMemoryOptions): ReplayStore {
  const { retentionMs, now, maxKeys = 500_000 } = options;
  // In order of insertion, which is the order of expiry.
  const expiries = new Map<string, number>();

  const forgetExpired = (time: number) => {
    for (const [key, expiry] of expiries) {
      if (expiry > time) return;
      expiries.delete(key);
    }
  };

  return {
    retentionMs,
    async rememberIfNew(keys) {
      const time = now();
      forgetExpired(time);
      if (keys.some((key) => expiries.has(key))) return false;
      if (expiries.size + keys.length > maxKeys) {
        throw new CodedError<EpistulaCode>(
          "REPLAY_FULL",
          `${expiries.size} nonces are live, limit ${maxKeys}: limit requests, or raise maxKeys`,
          { maxKeys },
        );
      }
      for (const key of keys) expiries.set(key, time + retentionMs);
      return true;
    },
  };
}
