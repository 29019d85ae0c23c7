import type { Logger } from "@neurond/runtime";
import { type RedisConnection, redisSubnetShare } from "@neurond/store/redis";
import { netuidsOf } from "./build-running.ts";
import type { Settings } from "./config/settings.ts";
import { type ReadSubnet, Subnets } from "./subnets.ts";

export interface OpenSubnetsOptions {
  readonly read: ReadSubnet;
  /** Null where this process stands alone. */
  readonly redis: RedisConnection | null;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Views of subnets, none yet; processes of one Redis share what one of them has read. */
export function openSubnets({ redis, ...deps }: OpenSubnetsOptions): Subnets {
  const holder = crypto.randomUUID();
  const share =
    redis &&
    ((netuid: number) =>
      redisSubnetShare({ redis: redis.redis, prefix: `neurond:${netuid}`, holder }));
  return new Subnets({ ...deps, share });
}

/** Keeps the subnets that settings name: read anew well before a view is too old, so that one pass may fail. */
export function keepSubnets(subnets: Subnets, settings: Settings): void {
  const { auth, policy } = settings.config;
  const staleMs = policy.maxAgeSec * 1000;
  const refreshMs = Math.min(auth.cache_duration * 1000, staleMs / 2);
  subnets.keep(netuidsOf(settings), { staleMs, refreshMs });
}
