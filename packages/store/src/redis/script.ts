import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { explainRedis } from "./explain-redis.ts";

/** Runs one script with its keys and arguments; rejects with a coded error. */
export type Script = (
  redis: Redis,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>;

/** A script that is sent by its hash, and whole only to a Redis that does not know it yet. */
export function script(lua: string): Script {
  const hash = createHash("sha1").update(lua).digest("hex");
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(hash, keys.length, ...keys, ...args).catch((error: unknown) => {
        if (!isUnknown(error)) throw error;
        return redis.eval(lua, keys.length, ...keys, ...args);
      });
    } catch (error) {
      throw explainRedis(error);
    }
  };
}

const isUnknown = (error: unknown) =>
  error instanceof Error && error.message.startsWith("NOSCRIPT");
