/** One run of one thing: its result in the row's unit. */
export type Measure = () => number | Promise<number>;

/** What a row is held against, measured in the same run, alternating with ours. */
export interface Reference {
  readonly name: string;
  readonly measure: Measure;
}

/** One figure we promise. */
export interface Row {
  /** Dotted and stable: reports of different versions are compared by it. */
  readonly metric: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** In the row's unit; null while nothing is promised. */
  readonly target: number | null;
  readonly measure: Measure;
  readonly reference?: Reference;
  /** What is in the figure and what is not, where its name does not say so. */
  readonly note?: string;
  /** How often each side is measured after one unrecorded warm-up; 7 unless given. */
  readonly runs?: number;
}

/** A named set of rows. `rows` acquires what they need from `resources`, which end after the last row. */
export interface Bench {
  readonly name: string;
  rows(resources: AsyncDisposableStack): Promise<readonly Row[]> | readonly Row[];
}

/** Checks what the report relies on: metrics are dotted, under the bench's own name and unique. */
export function defineBench(bench: Bench): Bench {
  return {
    name: bench.name,
    async rows(resources) {
      const rows = await bench.rows(resources);
      const seen = new Set<string>();
      for (const { metric } of rows) {
        if (!metric.startsWith(`${bench.name}.`))
          throw new Error(`${metric}: not of ${bench.name}`);
        if (seen.has(metric)) throw new Error(`${metric}: measured twice`);
        seen.add(metric);
      }
      return rows;
    },
  };
}
