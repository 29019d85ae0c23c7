import { type Charge, type Charges, settle, type Taken, toMicroseconds } from "./gcra.ts";
import type { RateLimiter } from "./limiter.ts";

/** How much the memory of one process holds. */
export interface LimiterMemoryOptions {
  /** Bound of memory: about 150 bytes each. */
  readonly maxKeys?: number;
}

/** A limiter that answers at once. */
export interface LimiterMemory extends RateLimiter {
  take(charges: Charges, now: number): Taken;
  /** Keys held; some of them may be full again. */
  readonly size: number;
}

/** A new key looks at so many old ones: twice as many leave as come, until only live ones are left. */
const SWEPT = 2;
const SWEPT_WHEN_FULL = 16;

/**
 * A limiter in the memory of one process. A bucket that is full again is forgotten. When it holds
 * `maxKeys` that are not, newcomers with the same limit share one bucket: who is known keeps its own,
 * and all strangers together get no more than one of them. So give what strangers can make up, such as
 * addresses, a memory of its own beside that of hotkeys which have proven themselves.
 */
export function limiterMemory({ maxKeys = 100_000 }: LimiterMemoryOptions = {}): LimiterMemory {
  const tats = new Map<string, number>();
  let round = tats.entries();

  const sweep = (nowUs: number, many: number) => {
    for (let left = many; left > 0; left -= 1) {
      const next = round.next();
      if (next.done) {
        round = tats.entries();
        return;
      }
      const [key, tat] = next.value;
      if (tat <= nowUs) tats.delete(key);
    }
  };

  /** The key under which a charge is kept. */
  const placeOf = ({ key, limit }: Charge, nowUs: number): string => {
    if (tats.has(key)) return key;
    sweep(nowUs, tats.size < maxKeys ? SWEPT : SWEPT_WHEN_FULL);
    if (tats.size < maxKeys) return key;
    return `\0${limit.intervalUs}/${limit.burst}`;
  };

  return {
    take(charges, now) {
      const nowUs = toMicroseconds(now);
      const places = charges.map((charge) => placeOf(charge, nowUs));
      const before = places.map((place) => tats.get(place) ?? 0);
      const { taken, tats: after } = settle(charges, before, nowUs);
      for (let index = 0; index < places.length; index += 1) {
        const tat = after[index] ?? 0;
        // A full bucket need not be kept.
        if (tat > nowUs) tats.set(places[index] ?? "", tat);
      }
      return taken;
    },
    get size() {
      return tats.size;
    },
  };
}
