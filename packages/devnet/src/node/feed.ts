/** Tells listeners what happened, in the order in which they came. */
export class Feed<T> {
  readonly #listeners = new Set<(item: T) => void>();

  /** Listens until the answer is called. */
  listen(listener: (item: T) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(item: T): void {
    for (const listener of [...this.#listeners]) listener(item);
  }
}
