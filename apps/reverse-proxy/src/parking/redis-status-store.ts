import { createHash } from "node:crypto";
import type { RedisConnection } from "@neurond/store/redis";
import type { StatusStore } from "./status-store.ts";
import { JobFile } from "./stored-job.ts";

const PREFIX = "neurond:proxy:job:";
/** Longer answers stay with the proxy that took them: Redis keeps all it has in memory. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Outcomes that all proxies of one Redis share, so that a client may ask any of them. While Redis is
 * gone each knows its own.
 */
export function redisStatusStore(
  { redis }: Pick<RedisConnection, "redis">,
  now: () => number = Date.now,
): StatusStore {
  return {
    async save({ job, body, forgottenAtMs }) {
      const ttlMs = Math.ceil(forgottenAtMs - now());
      if (ttlMs <= 0) return;
      const kept = body !== null && body.length <= MAX_BODY_BYTES ? body : null;
      const described = kept && { sizeBytes: kept.length, sha256: sha256(kept) };
      const text = JSON.stringify({ v: 1, job, forgottenAtMs, body: described } satisfies JobFile);
      const key = keyOf(job.owner, job.id);
      const fields = { job: text, ...(kept && { body: kept }) };
      // One transaction: the body of an earlier job of this name must not stay beside the new one.
      const results = await redis.multi().del(key).hset(key, fields).pexpire(key, ttlMs).exec();
      for (const [error] of results ?? []) if (error) throw error;
    },
    async find(owner, id) {
      const fields = await redis.hgetallBuffer(keyOf(owner, id)).catch(() => undefined);
      const file = readJob(fields?.["job"]);
      if (file === undefined || file.forgottenAtMs <= now()) return undefined;
      const body = fields?.["body"] ?? null;
      const isWhole = body !== null && file.body !== null && sha256(body) === file.body.sha256;
      return { ...file, body: isWhole ? body : null };
    },
  };
}

function readJob(text: Buffer | undefined): JobFile | undefined {
  if (text === undefined) return undefined;
  try {
    return JobFile.safeParse(JSON.parse(text.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

function keyOf(owner: string, id: string): string {
  return PREFIX + sha256(Buffer.from(JSON.stringify([owner, id])));
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
