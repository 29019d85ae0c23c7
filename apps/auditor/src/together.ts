/** Runs loops side by side: when one ends with an error so do the others, and that error is told. */
export async function together(
  loops: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const ended = loops.map(async (loop) => {
    try {
      await loop(either);
    } catch (error) {
      if (!either.aborted) failed.abort(error);
    }
  });
  await Promise.all(ended);
  failed.signal.throwIfAborted();
}
