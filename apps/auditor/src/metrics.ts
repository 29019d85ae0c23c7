import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What an auditor counts. */
export type AuditorMetrics = ReturnType<typeof createMetrics>;

/** Registers the metrics of an auditor. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    head: new Gauge({
      name: "neuron_chain_head_block",
      help: "Height of the best block seen",
      registers,
    }),
    runs: new Counter({
      name: "neuron_audited_runs_total",
      help: "Looks at runs, by how they ended",
      labelNames: ["result"],
      registers,
    }),
    lastRun: new Gauge({
      name: "neuron_audited_run_index",
      help: "Index of the newest run audited",
      registers,
    }),
    seconds: new Histogram({
      name: "neuron_audit_duration_seconds",
      help: "Fetching and judging one run",
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900],
      registers,
    }),
    findings: new Counter({
      name: "neuron_audit_findings_total",
      help: "Findings, each counted when it is first found",
      labelNames: ["code", "severity"],
      registers,
    }),
    validators: new Gauge({
      name: "neuron_audited_validators",
      help: "Validators in the newest run audited, by how they came off",
      labelNames: ["standing"],
      registers,
    }),
  };
}
