import type { Micros } from "@neurond/exports";
import type { Attempt } from "../traffic/attempt.ts";

/** Calls that outlast the slice they began in: they are exported again with their outcome. */
export class Straddlers {
  #open: Attempt[] = [];

  /** Keeps a call that goes on beyond `end`; one that is lost never comes back. */
  hold(attempt: Attempt, end: Micros): void {
    if (attempt.completed >= end && Number.isFinite(attempt.completed)) this.#open.push(attempt);
  }

  /** Those that end before `end`, by their start. */
  take(end: Micros): readonly Attempt[] {
    const done = this.#open.filter(({ completed }) => completed < end);
    this.#open = this.#open.filter(({ completed }) => completed >= end);
    return done.sort((a, b) => a.started - b.started);
  }
}
