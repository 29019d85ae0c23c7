import { CodedError } from "@neurond/primitives";
import type { StorageApiCode } from "./errors.ts";

/** So many at once and no more: whoever comes too many is told so. */
export class Lanes {
  readonly #width: number;
  #taken = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** Takes a lane; the result gives it back, once. @throws CodedError BUSY */
  take(): () => void {
    if (this.#taken >= this.#width) {
      throw new CodedError<StorageApiCode>("BUSY", "too many such requests at once; try again", {
        width: this.#width,
      });
    }
    this.#taken += 1;
    let isMine = true;
    return () => {
      if (isMine) this.#taken -= 1;
      isMine = false;
    };
  }
}
