import { z } from "zod";

/** The part of a path that names a shard; `parseShardName` reads it. */
export const shardParams = z.object({
  id: z.string().describe("shard id, 64 hexadecimal digits"),
});
