/** How many bytes of request bodies are held at once, in memory and in files together. */
export class ByteBudget {
  readonly limitBytes: number;
  #heldBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether so many more would fit now; takes nothing. */
  fits(bytes: number): boolean {
    return this.#heldBytes + bytes <= this.limitBytes;
  }

  /** Takes them, or nothing where they do not fit. */
  take(bytes: number): boolean {
    if (!this.fits(bytes)) return false;
    this.#heldBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}
