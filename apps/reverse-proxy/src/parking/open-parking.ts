import type { Logger, Registry } from "@neurond/runtime";
import type { RedisConnection } from "@neurond/store/redis";
import type { Config } from "../config/config.ts";
import { openFileStatusStore } from "./file-status-store.ts";
import { createParkingMetrics } from "./metrics.ts";
import { Parking } from "./parking.ts";
import { redisStatusStore } from "./redis-status-store.ts";

export interface OpenParkingOptions {
  /** Null where this process stands alone. */
  readonly redis: RedisConnection | null;
  readonly registry: Registry;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** The parking of a configuration: a directory keeps whole answers, Redis shares them with the other proxies. */
export async function openParking(
  settings: Config["jobs"],
  { redis, registry, log, now }: OpenParkingOptions,
): Promise<Parking> {
  const { directory, maxStoredBytes: maxBytes } = settings;
  const store =
    directory === undefined
      ? redis && redisStatusStore(redis, now)
      : await openFileStatusStore({ directory, maxBytes, now });
  return new Parking(settings, { metrics: createParkingMetrics(registry), log, store, now });
}
