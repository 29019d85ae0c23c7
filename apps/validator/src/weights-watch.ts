import { type BlockNumber, CodedError } from "@neurond/primitives";
import type { Health } from "@neurond/runtime";
import type { ValidatorCode } from "./errors.ts";

/**
 * Notices silence: without confirmed weights for `limitBlocks` the service is not ready, for twice as
 * many it must be restarted, since a validator that hangs is worse than one that starts again.
 */
export class WeightsWatch {
  readonly #limitBlocks: number;
  #confirmed: BlockNumber;
  #head: BlockNumber;

  /** Counts from `since`: the last known confirmation, or the head at the start. */
  constructor(limitBlocks: number, since: BlockNumber, health: Health) {
    this.#limitBlocks = limitBlocks;
    this.#confirmed = since;
    this.#head = since;
    health.requireReady("weights", () =>
      this.age() > limitBlocks ? `no confirmed weights for ${this.age()} blocks` : undefined,
    );
  }

  /** Blocks since weights were confirmed. */
  age(): number {
    return Math.max(0, this.#head - this.#confirmed);
  }

  confirmed(block: BlockNumber): void {
    if (block > this.#confirmed) this.#confirmed = block;
  }

  /** @throws CodedError WEIGHTS_SILENT */
  saw(head: BlockNumber): void {
    this.#head = head;
    if (this.age() <= 2 * this.#limitBlocks) return;
    throw new CodedError<ValidatorCode>(
      "WEIGHTS_SILENT",
      `no confirmed weights for ${this.age()} blocks; look at the last submissions in the log`,
      { confirmed: this.#confirmed, head },
    );
  }
}
