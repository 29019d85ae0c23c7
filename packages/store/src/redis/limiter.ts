import { type RateLimiter, settle, toMicroseconds } from "@neurond/admission";
import type { Redis } from "ioredis";
import { script } from "./script.ts";

/**
 * The arithmetic of `settle`, where the state is: microseconds stay below 2^53, which Lua's numbers
 * hold exactly. Answers with the times found, from which the caller knows all the rest.
 */
const take = script(`
local now = tonumber(ARGV[1])
local found, start, wait = {}, {}, 0
for i, key in ipairs(KEYS) do
  local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local tat = tonumber(redis.call('GET', key) or '0')
  local empty = now + burst * interval
  found[i] = string.format('%.0f', tat)
  start[i] = tat > empty + 60000000 and empty or math.max(tat, now)
  wait = math.max(wait, start[i] - (burst - 1) * interval - now)
end
for i, key in ipairs(KEYS) do
  local tat = start[i]
  if wait <= 0 then tat = tat + tonumber(ARGV[2 * i]) end
  if tat > now then
    redis.call('SET', key, string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
  end
end
return found`);

/** Where a limiter keeps its buckets. */
export interface RedisLimiterOptions {
  readonly redis: Redis;
  /** Neurons that share a Redis but not their limits differ in this. */
  readonly prefix?: string;
}

/**
 * A limiter that every process of a neuron shares, at one round trip for all charges of a request.
 * It goes by the time its callers give, so that their clocks must agree; a bucket expires when it is
 * full. While Redis does not answer it rejects with a coded error. Give it a connection with a short
 * `commandMs`: a request waits for it.
 */
export function redisLimiter({ redis, prefix = "neurond" }: RedisLimiterOptions): RateLimiter {
  return {
    async take(charges, now) {
      const nowUs = toMicroseconds(now);
      // The braces keep all keys on one shard of a cluster, without which a script cannot be atomic.
      const keys = charges.map(({ key }) => `{${prefix}}:limit:${key}`);
      const limits = charges.flatMap(({ limit }) => [limit.intervalUs, limit.burst]);
      const found = await take(redis, keys, [nowUs, ...limits]);
      const before = Array.isArray(found) ? found.map(Number) : [];
      return settle(charges, before, nowUs).taken;
    },
  };
}
