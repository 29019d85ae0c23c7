import type { Served } from "../served.ts";

/** Callers told apart. */
const COUNTERS = 1_024;
const WINDOW_MS = 3_600_000;

/** A caller that is refused often. */
export interface Refused {
  /** Hotkey of a proven caller, else its address. */
  readonly caller: string;
  readonly code: string;
  /** Within the hour, and at least: what floods of others crowded out is not in it. */
  readonly count: number;
}

/**
 * Who is refused most, in bounded memory however many strangers knock: the counters of Misra and Gries
 * (1982). Whoever has more than a thousandth of all refusals is in it.
 */
export class TopRefusals {
  #counts = new Map<string, Refused>();
  #endsAt = 0;

  /** Counts a request that is over, if it was turned away. */
  note({ exchange, ending }: Served): void {
    if (ending.kind !== "denied") return;
    const { principal, ip, receivedAt } = exchange;
    const { code, loggedCode } = ending.denial.deny;
    this.add(principal?.hotkey ?? ip, loggedCode ?? code, receivedAt);
  }

  /** `now` is Unix milliseconds. */
  add(caller: string, code: string, now: number): void {
    this.#begin(now);
    const key = `${caller} ${code}`;
    const known = this.#counts.get(key);
    if (known !== undefined) this.#counts.set(key, { ...known, count: known.count + 1 });
    else if (this.#counts.size < COUNTERS) this.#counts.set(key, { caller, code, count: 1 });
    else this.#crowdOut();
  }

  /** The most refused first. */
  top(limit: number, now: number): readonly Refused[] {
    this.#begin(now);
    return [...this.#counts.values()].sort((a, b) => b.count - a.count).slice(0, limit);
  }

  #begin(now: number): void {
    if (now < this.#endsAt) return;
    this.#counts = new Map();
    this.#endsAt = now + WINDOW_MS;
  }

  #crowdOut(): void {
    for (const [key, refused] of this.#counts) {
      if (refused.count === 1) this.#counts.delete(key);
      else this.#counts.set(key, { ...refused, count: refused.count - 1 });
    }
  }
}
