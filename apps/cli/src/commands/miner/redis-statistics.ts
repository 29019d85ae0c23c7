import { type Hotkey, isCoded, parseHotkey } from "@neurond/primitives";
import { type MinerStatistics, statisticsFromFields } from "@neurond/storage-rules";

const STATS = "stats:";
/** What upstream adds to the length of bytes. */
const PYTHON_BYTES = 33;

/** A miner as an upstream validator's database has it. */
export interface RedisMiner {
  readonly statistics: MinerStatistics;
  readonly bytes: number;
}

/** The part of a Redis client that is used. */
interface Reader {
  scan(cursor: string, ...args: ["MATCH", string, "COUNT", number]): Promise<[string, string[]]>;
  hgetall(key: string): Promise<Record<string, string>>;
}

/** Reads `stats:{hotkey}` and `hotkey:{hotkey}` of an upstream validator; what is neither is passed over. */
export async function readRedis(
  redis: Reader,
  signal: AbortSignal,
): Promise<ReadonlyMap<Hotkey, RedisMiner>> {
  const miners = new Map<Hotkey, RedisMiner>();
  let cursor = "0";
  do {
    signal.throwIfAborted();
    const [next, keys] = await redis.scan(cursor, "MATCH", `${STATS}*`, "COUNT", 200);
    for (const key of keys) {
      const hotkey = hotkeyIn(key);
      if (hotkey === null) continue;
      const statistics = readable(await redis.hgetall(key));
      const held = await redis.hgetall(`hotkey:${hotkey}`);
      if (statistics !== null) miners.set(hotkey, { statistics, bytes: bytesOf(held) });
    }
    cursor = next;
  } while (cursor !== "0");
  return miners;
}

function bytesOf(held: Readonly<Record<string, string>>): number {
  return Object.entries(held)
    .filter(([field]) => !field.startsWith("ttl:"))
    .reduce((sum, [, text]) => sum + sizeIn(text), 0);
}

function sizeIn(text: string): number {
  try {
    const size = Number(JSON.parse(text)?.size);
    return Number.isSafeInteger(size) ? Math.max(0, size - PYTHON_BYTES) : 0;
  } catch {
    return 0;
  }
}

function hotkeyIn(key: string): Hotkey | null {
  try {
    return parseHotkey(key.slice(STATS.length));
  } catch {
    return null;
  }
}

function readable(fields: Readonly<Record<string, string>>): MinerStatistics | null {
  try {
    return statisticsFromFields(fields);
  } catch (error) {
    if (isCoded(error, "STATISTICS_INVALID")) return null;
    throw error;
  }
}
