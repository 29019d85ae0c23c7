import { setTimeout as sleep } from "node:timers/promises";

/** How patient to be with one source before the next is asked as well. */
export interface Patience {
  readonly hedgeMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks sources in order, the next one when the last failed or was slow. The first good result wins;
 * the others are cancelled, and have ended when this returns. Rejects with all reasons when none is
 * good.
 */
export async function firstGood<Source, Result>(
  sources: readonly Source[],
  attempt: (source: Source, signal: AbortSignal) => Promise<Result>,
  { hedgeMs, signal }: Patience,
): Promise<Result> {
  const losers = new AbortController();
  const bounded = AbortSignal.any([signal, losers.signal]);
  const running: Promise<Result>[] = [];
  try {
    for (const source of sources) {
      const run = attempt(source, bounded);
      running.push(run);
      const next = Promise.race([failureOf(run), sleep(hedgeMs, undefined, { signal: bounded })]);
      const winner = await Promise.race([...running.map(successOf), next]);
      if (winner !== undefined) return winner.result;
      signal.throwIfAborted();
    }
    return await Promise.any(running);
  } finally {
    losers.abort();
    await Promise.allSettled(running);
  }
}

/** Never settles when the run fails: somebody else may still succeed. */
function successOf<Result>(run: Promise<Result>): Promise<{ readonly result: Result }> {
  return new Promise((resolve) => {
    run.then(
      (result) => resolve({ result }),
      () => undefined,
    );
  });
}

/** Settles when the run fails; never when it succeeds. */
function failureOf(run: Promise<unknown>): Promise<undefined> {
  return new Promise((resolve) => {
    run.then(
      () => undefined,
      () => resolve(undefined),
    );
  });
}
