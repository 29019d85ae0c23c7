/** When blocks are made, in milliseconds since 1970. */
export interface Clock {
  /** Time of a block, later than its parent's. */
  timeOf(block: number, parentMs: number): number;
  /** Makes `block` happen at `timeMs`; later blocks follow from there. */
  set(block: number, timeMs: number): void;
}

/** The computer's clock, shifted when it was set. */
export function wallClock(nowMs: () => number = Date.now): Clock {
  let offset = 0;
  return {
    timeOf: (_block, parentMs) => Math.max(nowMs() + offset, parentMs + 1),
    set(_block, timeMs) {
      offset = timeMs - nowMs();
    },
  };
}

/** A clock that only blocks move: the same blocks have the same times in every run. */
export function virtualClock(genesisMs: number, blockTimeMs: number): Clock {
  let offset = 0;
  const regular = (block: number) => genesisMs + block * blockTimeMs;
  return {
    timeOf: (block, parentMs) => Math.max(regular(block) + offset, parentMs + 1),
    set(block, timeMs) {
      offset = timeMs - regular(block);
    },
  };
}
