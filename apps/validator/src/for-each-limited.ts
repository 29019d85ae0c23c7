/**
 * Does the same for each item, at most `limit` at once. The first error stops new work and is
 * thrown when what was begun has ended, so that nothing goes on behind the caller's back.
 */
export async function forEachLimited<Item>(
  items: Iterable<Item>,
  limit: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      if (signal.aborted || failures.length > 0) return;
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
}
