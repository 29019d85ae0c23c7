import { join } from "node:path";
import type { RedisConnection } from "@neurond/store/redis";
import type { Config } from "../config/config.ts";
import { BanList } from "./ban-list.ts";
import { copiedBans } from "./copied-bans.ts";
import { fileBans } from "./file-bans.ts";
import { redisBans } from "./redis-bans.ts";

/**
 * The bans of a configuration, as they were left: in Redis where processes share one, else in a file. A
 * proxy that starts without its Redis begins with those it knew last, and follows once it is there.
 * @throws CodedError BANS_UNREADABLE
 */
export async function openBans(
  { directory }: Config["admin"],
  redis: RedisConnection | null,
  now: () => number,
): Promise<BanList> {
  const path = join(directory, "bans.json");
  const store = redis === null ? fileBans(path) : copiedBans(redisBans(redis), path);
  const bans = new BanList({ store, now });
  await bans.refresh();
  return bans;
}
