import type { Measure, Row } from "./bench.ts";
import { median, spread } from "./statistics.ts";

const RUNS = 7;

/** A row with its figures, as `--json` prints it. */
export interface Result {
  readonly metric: string;
  /** Median of the runs. */
  readonly value: number;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly target: number | null;
  readonly reference: { readonly name: string; readonly value: number } | null;
  /** Ours divided by the reference. */
  readonly ratio: number | null;
  readonly note?: string;
  readonly runs: number;
  /** Of our runs: (largest - smallest) / median. */
  readonly spread: number;
}

/**
 * Measures a row and its reference in turns, who is first changing each time, so that a machine that
 * warms, throttles or shares its cores does it to both.
 */
export async function measureRow(row: Row): Promise<Result> {
  const { reference, runs = RUNS } = row;
  const ours: number[] = [];
  const theirs: number[] = [];
  const sides: (readonly [Measure, number[]])[] = [[row.measure, ours]];
  if (reference) sides.push([reference.measure, theirs]);
  for (const [measure] of sides) await measure(); // warm-up, not recorded
  for (let run = 0; run < runs; run += 1) {
    for (const [measure, values] of run % 2 === 0 ? sides : sides.toReversed()) {
      values.push(await measure());
    }
  }
  const value = median(ours);
  const compared = reference ? { name: reference.name, value: median(theirs) } : null;
  return {
    metric: row.metric,
    value: rounded(value),
    unit: row.unit,
    better: row.better,
    target: row.target,
    reference: compared && { ...compared, value: rounded(compared.value) },
    ratio: compared && compared.value !== 0 ? rounded(value / compared.value) : null,
    ...(row.note !== undefined && { note: row.note }),
    runs,
    spread: rounded(spread(ours)),
  };
}

/** Whether the figure keeps its promise; undefined where nothing is promised. */
export function meetsTarget({ value, better, target }: Result): boolean | undefined {
  if (target === null) return undefined;
  return better === "higher" ? value >= target : value <= target;
}

/** A measure of how many milliseconds one call takes, averaged over `repeat` calls. */
export function milliseconds(work: () => unknown, repeat = 1): Measure {
  return async () => {
    const started = performance.now();
    for (let call = 0; call < repeat; call += 1) await work();
    return (performance.now() - started) / repeat;
  };
}

/** Four significant digits: what lies behind is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
