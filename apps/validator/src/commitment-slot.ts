/**
 * The one place on chain where a hotkey commits. Each commitment replaces the one before, so writers take
 * turns: two in one block would leave the first of them in no state that anybody can read.
 */
export class CommitmentSlot {
  #turn: Promise<unknown> = Promise.resolve();

  /** Does `work` when everybody before has finished. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
