/**
 * Hands each item to `pass`, one at a time. While a pass runs, newer items replace each other, so
 * that a slow pass skips what it missed instead of working through a backlog that only grows.
 * Ends when the items end or the signal aborts; a pass that throws ends the loop with its error.
 */
export async function forLatest<Item>(
  items: AsyncIterable<Item>,
  pass: (item: Item, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const latest = new Latest<Item>();
  const reading = drain(items, latest, signal);
  // When a pass fails, its error is the loop's; the source may fail of the same abort, unheard.
  reading.catch(() => undefined);
  try {
    for (let next = await latest.take(); next && !signal.aborted; next = await latest.take())
      await pass(next.item, signal);
  } finally {
    latest.end();
  }
  await reading;
}

async function drain<Item>(items: AsyncIterable<Item>, latest: Latest<Item>, signal: AbortSignal) {
  try {
    for await (const item of items) {
      if (signal.aborted || latest.ended) return;
      latest.put(item);
    }
  } finally {
    latest.end();
  }
}

/** A place for one item: putting a second one replaces the first. */
class Latest<Item> {
  ended = false;
  #waiting: { readonly item: Item } | undefined;
  #wake: () => void = () => undefined;

  put(item: Item): void {
    this.#waiting = { item };
    this.#wake();
  }

  end(): void {
    this.ended = true;
    this.#wake();
  }

  /** The newest item not yet taken; undefined when there will be none. */
  async take(): Promise<{ readonly item: Item } | undefined> {
    while (!this.#waiting && !this.ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const taken = this.#waiting;
    this.#waiting = undefined;
    return taken;
  }
}
