import { Redis } from "ioredis";
import { isTemporary, storeError } from "../errors.ts";
import { explainRedis } from "./explain-redis.ts";

/** Which Redis, and how long to wait for it. */
export interface RedisOptions {
  /** redis:// or, encrypted, rediss:// */
  readonly url: string;
  /** An answer later than this counts as none. */
  readonly commandMs?: number;
  /** Hears why there is no Redis yet, and takes a connection that is made once there is; without it that is an error. */
  readonly onAbsent?: (reason: unknown) => void;
  readonly signal: AbortSignal;
}

/** A connection that commands go through at once or not at all. */
export interface RedisConnection extends AsyncDisposable {
  readonly redis: Redis;
}

/**
 * Connects, or fails with a coded error. Later losses are mended in the background; commands fail
 * at once meanwhile, because whoever waits for a nonce keeps a request waiting.
 */
export async function connectRedis(options: RedisOptions): Promise<RedisConnection> {
  const { url, commandMs = 1_000, onAbsent, signal } = options;
  const redis = new Redis(checkedUrl(url), {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: commandMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
  });
  // Told by the commands that fail; without a listener it would be printed.
  redis.on("error", () => undefined);
  const stop = () => redis.disconnect();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await redis.connect();
    await redis.ping();
    signal.throwIfAborted();
  } catch (error) {
    const reason = signal.aborted ? signal.reason : explainRedis(error);
    if (signal.aborted || onAbsent === undefined || !isTemporary(reason)) {
      redis.disconnect();
      throw reason;
    }
    onAbsent(reason);
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return {
    redis,
    async [Symbol.asyncDispose]() {
      await redis.quit().catch(() => undefined);
      redis.disconnect();
    },
  };
}

function checkedUrl(url: string): string {
  if (/^rediss?:\/\/\S+$/.test(url)) return url;
  throw storeError(
    "REDIS_ADDRESS_INVALID",
    "the Redis URL is not redis://user:password@host:port/db",
  );
}
