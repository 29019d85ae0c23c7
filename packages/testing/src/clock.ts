/** A clock that stands still until it is told how far to go. */
export class ManualClock {
  #nowMs: number;

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  /** Unix time in milliseconds, to be handed to what asks for the time. */
  readonly now = (): number => this.#nowMs;

  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }
}
