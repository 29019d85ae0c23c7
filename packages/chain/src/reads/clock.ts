import { asNumber } from "../codec/value.ts";
import type { ChainClock } from "../head.ts";
import type { State } from "../state.ts";

/** Blocks over which the block time is averaged: long enough for jitter, short enough to be now. */
const SAMPLE_BLOCKS = 20;
const DEFAULT_BLOCK_MS = 12_000;
/** Blocks late that are ordinary: one of age, and one or two that an author missed. */
const ORDINARY_BLOCKS_LATE = 3;
/** Below this no clock is called wrong: fast chains and slow machines drift by seconds. */
const ORDINARY_SKEW_MS = 15_000;

/**
 * Chain time and what the local clock makes of it.
 * `ageMs`: how long ago the block arrived here, when that was seen; it takes the block's age out.
 */
export async function readClock(
  state: State,
  now: () => number,
  ageMs: number | undefined,
): Promise<ChainClock> {
  const localMs = now();
  const chainMs = await timestamp(state);
  const blockTimeMs = await readBlockTimeMs(state);
  // Genesis has no time.
  if (chainMs === 0) return { chainMs, clockSkewMs: 0, blockTimeMs, suspect: false };
  const clockSkewMs = Math.round(localMs - chainMs - (ageMs ?? 0));
  const early = Math.max(blockTimeMs, ORDINARY_SKEW_MS);
  const late = Math.max(ORDINARY_BLOCKS_LATE * blockTimeMs, ORDINARY_SKEW_MS);
  const suspect = clockSkewMs < -early || clockSkewMs > late;
  return { chainMs, clockSkewMs, blockTimeMs, suspect };
}

/** Milliseconds between the last blocks; the runtime's constant while there are too few. */
export async function readBlockTimeMs(state: State): Promise<number> {
  // Genesis has no timestamp.
  const span = Math.min(SAMPLE_BLOCKS, state.block.number - 1);
  if (span > 0) {
    const elapsed = (await timestamp(state)) - (await timestamp(await state.before(span)));
    const measured = Math.round(elapsed / span);
    if (measured > 0) return measured;
  }
  const period = state.runtime.constant("Timestamp", "MinimumPeriod");
  return period === undefined ? DEFAULT_BLOCK_MS : 2 * asNumber(period);
}

async function timestamp(state: State): Promise<number> {
  return asNumber(await state.get("Timestamp", "Now"));
}
