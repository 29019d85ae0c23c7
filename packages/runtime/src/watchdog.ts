import { CodedError } from "@neurond/primitives";
import type { RuntimeCode } from "./errors.ts";
import type { Health } from "./health.ts";

export interface WatchdogOptions {
  readonly name: string;
  /** Silence after which the service counts as not ready. */
  readonly warnMs: number;
  /** Silence after which it must be restarted: a hung validator is worse than a restarted one. */
  readonly limitMs: number;
  readonly health: Health;
  readonly onStalled: (error: CodedError<RuntimeCode>) => void;
  readonly now?: () => number;
}

/** Watches for progress: `fed` is called whenever there is some. */
export class Watchdog implements Disposable {
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #fedAt: number;

  constructor({ name, warnMs, limitMs, health, onStalled, now = Date.now }: WatchdogOptions) {
    this.#now = now;
    this.#fedAt = now();
    health.requireReady(name, () =>
      this.silentMs() > warnMs
        ? `no progress for ${Math.round(this.silentMs() / 1000)} s`
        : undefined,
    );
    const period = Math.max(10, Math.min(limitMs / 4, 5_000));
    this.#timer = setInterval(() => {
      if (this.silentMs() <= limitMs) return;
      this[Symbol.dispose]();
      onStalled(
        new CodedError("STALLED", `${name} made no progress for ${limitMs} ms; restart it`, {
          name,
        }),
      );
    }, period);
    this.#timer.unref();
  }

  fed(): void {
    this.#fedAt = this.#now();
  }

  silentMs(): number {
    return this.#now() - this.#fedAt;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
