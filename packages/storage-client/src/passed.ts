/** How far a reader has come in a buffer that is written again behind it. */
export class Passed {
  #at = 0;
  #waiting: { readonly at: number; readonly resolve: () => void }[] = [];

  /** Says that nothing before `at` is read any more. */
  pass(at: number): void {
    this.#at = at;
    const reached = this.#waiting.filter((one) => one.at <= at);
    this.#waiting = this.#waiting.filter((one) => one.at > at);
    for (const { resolve } of reached) resolve();
  }

  /** Until the reader has passed `at`. */
  until(at: number): Promise<void> {
    if (at <= this.#at) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ at, resolve });
    });
  }
}
