import { CodedError } from "@neurond/primitives";
import type { RedisConnection } from "@neurond/store/redis";
import { Ban, type BanStore } from "./ban.ts";
import type { AdminCode } from "./errors.ts";

const KEY = "neurond:proxy:bans";

/** Bans that all proxies of one Redis share. */
export function redisBans({ redis }: Pick<RedisConnection, "redis">): BanStore {
  return {
    isShared: true,
    async read() {
      const entries = await asked(redis.hgetall(KEY));
      return Object.values(entries).flatMap((text) => readBan(text) ?? []);
    },
    async put(ban) {
      await asked(redis.hset(KEY, ban.key, JSON.stringify(ban)));
    },
    async remove(key) {
      await asked(redis.hdel(KEY, key));
    },
  };
}

/** Written by a later version, perhaps: what cannot be read bans nobody, and must not lift the others. */
function readBan(text: string): Ban | undefined {
  try {
    return Ban.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function asked<Value>(answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (cause) {
    const message = "redis does not answer: bans are as this process knew them last";
    throw new CodedError<AdminCode>("BANS_UNSAVED", message, {}, { cause });
  }
}
