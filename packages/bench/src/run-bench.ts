import type { Bench } from "./bench.ts";
import { measureRow, type Result } from "./measure.ts";
import { type Report, thisMachine } from "./report.ts";

/** Measures every row of a bench, one after the other, and releases what they used. */
export async function runBench(
  bench: Bench,
  onRow: (metric: string) => void = () => {},
): Promise<Report> {
  await using resources = new AsyncDisposableStack();
  const rows: Result[] = [];
  for (const row of await bench.rows(resources)) {
    onRow(row.metric);
    rows.push(await measureRow(row));
  }
  return { name: bench.name, machine: thisMachine(), rows };
}
