/** What a data set can have wrong with it; each takes an hour of its own. */
export const FAULTS = [
  "tampered-csv",
  "tampered-json",
  "missing-commitment",
  "pruned-state",
  "pruned-body",
  "digest-hex",
  "digest-array",
  "digest-tuple",
  "wrong-hour-order",
  "dropped-row",
  "swapped-hotkey",
  "duplicate-entry",
  "path-traversal",
  "oversize-miner-report",
  "rewritten-hour",
  "unknown-columns",
  "removed-hour",
  "missing-csv-exports",
  "wrong-tree",
  "confirmed-later-report",
  "equivocation",
  "reorged-block",
  "blacklisted-miner",
  "empty-reconciliation",
] as const;

/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** Hours of a data set by the fault that each has; the first hour has none. */
export class FaultPlan {
  readonly #hours: ReadonlyMap<Fault, number>;

  constructor(faults: readonly Fault[]) {
    this.#hours = new Map(faults.map((fault, index) => [fault, index + 1]));
  }

  /** Whether the hour has this fault. */
  hits(fault: Fault, hour: number): boolean {
    return this.#hours.get(fault) === hour;
  }

  /** Whether the data set has this fault at all. */
  has(fault: Fault): boolean {
    return this.#hours.has(fault);
  }

  /** The fault of an hour. */
  at(hour: number): Fault | null {
    for (const [fault, own] of this.#hours) if (own === hour) return fault;
    return null;
  }
}
