import type { ReplayStore } from "@neurond/epistula";
import type { Redis } from "ioredis";
import { explainRedis } from "./explain-redis.ts";
import { script } from "./script.ts";

/** All keys or none: another process may be at the same ones. */
const remember = script(`
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then return 0 end
end
for _, key in ipairs(KEYS) do redis.call('SET', key, '', 'PX', ARGV[1]) end
return 1`);

/** Where a replay store keeps its keys, and how long. */
export interface RedisReplayOptions {
  readonly redis: Redis;
  readonly retentionMs: number;
  /** Neurons that share a Redis but not their nonces differ in this. */
  readonly prefix?: string;
}

/**
 * A replay store that every process of a neuron shares. It fails closed: while Redis does not answer
 * it rejects with a coded error, and the door refuses with 503. A Redis that restarts without its
 * data forgets nonces; it needs `appendonly yes`, or a pause of `retentionMs` before it serves again.
 */
export function redisReplay(options: RedisReplayOptions): ReplayStore {
  const { redis, prefix = "neurond" } = options;
  const retentionMs = Math.ceil(options.retentionMs);
  // The braces keep all keys on one shard of a cluster, without which a script cannot be atomic.
  const keyOf = (key: string) => `{${prefix}}:${key}`;
  return {
    retentionMs,
    async rememberIfNew(keys) {
      const [first, ...others] = keys;
      if (others.length > 0) return (await remember(redis, keys.map(keyOf), [retentionMs])) === 1;
      try {
        return (await redis.set(keyOf(first), "", "PX", retentionMs, "NX")) === "OK";
      } catch (error) {
        throw explainRedis(error);
      }
    },
  };
}
