export { type Bench, defineBench, type Measure, type Reference, type Row } from "./bench.ts";
export { measureRow, meetsTarget, milliseconds, type Result } from "./measure.ts";
export { formatTable, type Report } from "./report.ts";
export { runBench } from "./run-bench.ts";
export { median, spread } from "./statistics.ts";
