import { CodedError } from "@neurond/primitives";
import type { Call } from "../../call.ts";
import type { StoreCommandCode } from "./errors.ts";

const DEFAULT_S = 180;
const MAX_S = 86_400;

/** Says what `--timeout` means to a transfer, for a command's description. */
export const TIMEOUT_SENTENCE = `A transfer on which nothing moves for --timeout seconds (default: ${DEFAULT_S}) is given up; the chain is waited for as long.`;

/** Ends a transfer on which nothing moves any more; one that gets on may take as long as it takes. */
export class StallWatch implements Disposable {
  readonly #stalled = new AbortController();
  readonly #timer: NodeJS.Timeout;
  /** Aborted by the call's own signal too. */
  readonly signal: AbortSignal;

  constructor(call: Call) {
    const given = call.given("timeout") !== undefined;
    const seconds = (given && call.integer("timeout", { min: 1, max: MAX_S })) || DEFAULT_S;
    this.#timer = setTimeout(() => this.#stalled.abort(stalled(seconds)), seconds * 1000);
    this.signal = AbortSignal.any([call.signal, this.#stalled.signal]);
  }

  /** Something moved. */
  touch(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

function stalled(seconds: number): CodedError<StoreCommandCode> {
  const message = `nothing moved for ${seconds} s; run the same command again, it goes on from here`;
  return new CodedError("TRANSFER_STALLED", message, { seconds });
}
