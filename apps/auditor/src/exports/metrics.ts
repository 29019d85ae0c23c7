import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What is counted about exports; `validator` is the name of a configured one. */
export type ExportMetrics = ReturnType<typeof createExportMetrics>;

/** Registers them. */
export function createExportMetrics(registry: Registry) {
  const registers = [registry];
  const labelNames = ["validator"] as const;
  return {
    passes: new Counter({
      name: "neuron_export_passes_total",
      help: "Looks at a validator's exports, by how they ended",
      labelNames: ["validator", "result"],
      registers,
    }),
    seconds: new Histogram({
      name: "neuron_export_pass_duration_seconds",
      help: "One look at a validator's exports",
      buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800],
      registers,
    }),
    entries: new Gauge({
      name: "neuron_export_entries",
      help: "Entries that are followed, by verdict",
      labelNames: ["validator", "reporter", "verdict"],
      registers,
    }),
    findings: new Counter({
      name: "neuron_export_findings_total",
      help: "Findings, each counted when it is first found",
      labelNames: ["validator", "kind", "severity"],
      registers,
    }),
    runs: new Gauge({
      name: "neuron_exported_runs",
      help: "Runs of a validator of this software, by what their exported rows say",
      labelNames: ["validator", "verdict"],
      registers,
    }),
    verifiedHours: new Gauge({
      name: "neuron_export_verified_hours",
      help: "Verified hours of the last week",
      labelNames,
      registers,
    }),
    newestSeconds: new Gauge({
      name: "neuron_export_newest_timestamp_seconds",
      help: "End of the newest hour that was scored",
      labelNames,
      registers,
    }),
    distance: new Gauge({
      name: "neuron_export_score_distance_ratio",
      help: "Sum of differences between scores and what they are compared with, of 2",
      labelNames: ["validator", "against"],
      registers,
    }),
    followed: new Gauge({
      name: "neuron_export_followed_block",
      help: "Final block up to which commitments were noted",
      registers,
    }),
  };
}
