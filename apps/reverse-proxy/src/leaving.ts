import type { EventEmitter } from "node:events";
import type { Outgoing } from "./exchange.ts";

/** What a queue asks of a signal. An `AbortSignal` is one; most requests never wait, and need none made. */
export interface LeavingSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options: { readonly once: true }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** Fires when a client leaves before its answer is over. Takes one listener at a time. */
export class Leaving implements LeavingSignal {
  readonly #response: Outgoing;
  #onClose: (() => void) | undefined;

  constructor(response: Outgoing) {
    this.#response = response;
  }

  get aborted(): boolean {
    return this.#response.destroyed && !this.#response.writableFinished;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#onClose = () => {
      if (!this.#response.writableFinished) listener();
    };
    const events: EventEmitter = this.#response;
    events.once("close", this.#onClose);
  }

  removeEventListener(): void {
    if (this.#onClose) this.#response.off("close", this.#onClose);
  }
}
