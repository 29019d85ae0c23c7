/** When blocks are made, in milliseconds since 1970. */
export interface Clock {
  /** Time of a block, later than its parent's. */
  timeOf(block: number, parentMs: number): number;
  /** Makes `block` happen at `timeMs`; later blocks follow from there. */
  set(block: number, timeMs: number): void;
  /** Makes `block` happen at `timeMs` unless it would happen later anyway. */
  atLeast(block: number, timeMs: number): void;
}

/** The computer's clock, shifted when it was set. */
export function wallClock(nowMs: () => number = Date.now): Clock {
  let offset = 0;
  const shifted = () => nowMs() + offset;
  const set = (_block: number, timeMs: number) => {
    offset = timeMs - nowMs();
  };
  return {
    timeOf: (_block, parentMs) => Math.max(shifted(), parentMs + 1),
    set,
    atLeast(block, timeMs) {
      if (timeMs > shifted()) set(block, timeMs);
    },
  };
}

/** A clock that only blocks move: the same blocks have the same times in every run. */
export function virtualClock(genesisMs: number, blockTimeMs: number): Clock {
  let offset = 0;
  const regular = (block: number) => genesisMs + block * blockTimeMs;
  const set = (block: number, timeMs: number) => {
    offset = timeMs - regular(block);
  };
  return {
    timeOf: (block, parentMs) => Math.max(regular(block) + offset, parentMs + 1),
    set,
    atLeast: set,
  };
}
