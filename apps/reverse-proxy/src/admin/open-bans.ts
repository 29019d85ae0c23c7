import { join } from "node:path";
import { isCoded } from "@neurond/primitives";
import type { RedisConnection } from "@neurond/store";
import type { Config } from "../config/config.ts";
import { BanList } from "./ban-list.ts";
import { fileBans } from "./file-bans.ts";
import { redisBans } from "./redis-bans.ts";

/**
 * The bans of a configuration, as they were left: in Redis where processes share one, else in a file.
 * Without its Redis a proxy begins with none, and follows once it is there.
 * @throws CodedError BANS_UNREADABLE
 */
export async function openBans(
  { directory }: Config["admin"],
  redis: RedisConnection | null,
  now: () => number,
): Promise<BanList> {
  const store = redis === null ? fileBans(join(directory, "bans.json")) : redisBans(redis);
  const bans = new BanList({ store, now });
  await bans.refresh().catch((error: unknown) => {
    if (!isCoded(error, "BANS_UNSAVED")) throw error;
  });
  return bans;
}
