/** Bytes of answers kept in memory, of all jobs together. */
export class ResultBytes {
  readonly #max: number;
  readonly #makeRoom: () => boolean;
  #kept = 0;

  /** `makeRoom` gives up something that is kept, and answers false when there is nothing left to. */
  constructor(max: number, makeRoom: () => boolean) {
    this.#max = max;
    this.#makeRoom = makeRoom;
  }

  get kept(): number {
    return this.#kept;
  }

  /** Whether so many more may be kept. */
  take(bytes: number): boolean {
    while (this.#kept + bytes > this.#max) if (!this.#makeRoom()) return false;
    this.#kept += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#kept -= bytes;
  }
}
