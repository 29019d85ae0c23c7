/** Calls of a while, counted. */
export interface CallCounts {
  readonly calls: number;
  readonly failed: number;
  readonly slow: number;
}

/** What became of one call. */
export interface CallVerdict {
  readonly failed: boolean;
  readonly slow: boolean;
}

interface Bucket extends CallCounts {
  readonly startMs: number;
}

/** Counts of the last while, in slices that leave one by one; oldest first. */
export type CallWindow = readonly Bucket[];

const SLICES = 10;

export const NO_CALLS: CallWindow = [];

/** The window with one more call in it; slices older than `windowMs` are gone. */
export function countCall(
  window: CallWindow,
  { failed, slow }: CallVerdict,
  nowMs: number,
  windowMs: number,
): CallWindow {
  const sliceMs = windowMs / SLICES;
  const startMs = Math.floor(nowMs / sliceMs) * sliceMs;
  const kept = window.filter((bucket) => isLive(bucket, nowMs, windowMs));
  const last = kept.at(-1);
  // A clock that went back counts into the newest slice there is.
  const open = last !== undefined && last.startMs >= startMs ? last : undefined;
  if (open !== undefined) kept.pop();
  kept.push({
    startMs: open?.startMs ?? startMs,
    calls: (open?.calls ?? 0) + 1,
    failed: (open?.failed ?? 0) + Number(failed),
    slow: (open?.slow ?? 0) + Number(slow),
  });
  return kept;
}

/** All calls of the last `windowMs`, to a slice. */
export function countsOf(window: CallWindow, nowMs: number, windowMs: number): CallCounts {
  let [calls, failed, slow] = [0, 0, 0];
  for (const bucket of window) {
    if (!isLive(bucket, nowMs, windowMs)) continue;
    calls += bucket.calls;
    failed += bucket.failed;
    slow += bucket.slow;
  }
  return { calls, failed, slow };
}

function isLive(bucket: Bucket, nowMs: number, windowMs: number): boolean {
  return bucket.startMs > nowMs - windowMs;
}
