import type { SubnetShare } from "@neurond/admission";
import type { Redis } from "ioredis";
import { explainRedis } from "./explain-redis.ts";
import { script } from "./script.ts";

/** The token is counted when the right changes hands, so that it grows with each holder. */
const takeLead = script(`
local lease, tokens = KEYS[1], KEYS[2]
local holder = redis.call('GET', lease)
if holder == ARGV[1] then
  redis.call('PEXPIRE', lease, ARGV[2])
  return tonumber(redis.call('GET', tokens))
end
if holder then return 0 end
redis.call('SET', lease, ARGV[1], 'PX', ARGV[2])
return redis.call('INCR', tokens)`);

const replaceText = script(`
local text, published = KEYS[1], KEYS[2]
if tonumber(redis.call('GET', published) or '0') > tonumber(ARGV[1]) then return 0 end
redis.call('SET', published, ARGV[1])
redis.call('SET', text, ARGV[2], 'PX', ARGV[3])
return 1`);

const dropLead = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`);

/** Nobody judges by a view of yesterday: what its readers left behind goes by itself. */
const KEPT_MS = 86_400_000;

/** Where a share keeps its lease and its text, and who holds it. */
export interface RedisSubnetShareOptions {
  readonly redis: Redis;
  /** One for each subnet of each neuron. */
  readonly prefix: string;
  /** Tells this process from all others: random. */
  readonly holder: string;
}

/**
 * A share for processes behind one Redis. The lease runs by the clock of Redis. The token fences: a
 * process that slept beyond its lease cannot overwrite what its successor published. A Redis that lost
 * its data counts tokens from the start, and has nothing left to compare them with.
 */
export function redisSubnetShare(options: RedisSubnetShareOptions): SubnetShare {
  const { redis, prefix, holder } = options;
  const keyOf = (name: string) => `{${prefix}}:subnet:${name}`;
  const [lease, tokens] = [keyOf("lease"), keyOf("tokens")];
  const [text, published] = [keyOf("text"), keyOf("published")];
  return {
    async lead(leaseMs) {
      const token = await takeLead(redis, [lease, tokens], [holder, Math.ceil(leaseMs)]);
      return typeof token === "number" && token > 0 ? token : undefined;
    },
    async publish(token, words) {
      return (await replaceText(redis, [text, published], [token, words, KEPT_MS])) === 1;
    },
    async latest() {
      try {
        return (await redis.get(text)) ?? undefined;
      } catch (error) {
        throw explainRedis(error);
      }
    },
    async resign() {
      await dropLead(redis, [lease], [holder]);
    },
  };
}
