import { Counter, Gauge, type Registry } from "@neurond/runtime";

/** What is counted about requests of our own. */
export type SyntheticMetrics = ReturnType<typeof createSyntheticMetrics>;

/** Registers them. */
export function createSyntheticMetrics(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: "neuron_synthetic_requests_total",
      help: "Requests of our own, by type and how they ended",
      labelNames: ["type", "result"],
      registers,
    }),
    failures: new Counter({
      name: "neuron_synthetic_failures_total",
      help: "Requests that could not be made, by code",
      labelNames: ["code"],
      registers,
    }),
    verdicts: new Gauge({
      name: "neuron_synthetic_verdicts",
      help: "Requests of the last week, by whether they asked for a trace and what became of them",
      labelNames: ["sample", "verdict"],
      registers,
    }),
    omission: new Gauge({
      name: "neuron_synthetic_omission_bound_ratio",
      help: "Share of requests that may be left out of exports unseen, at 95 % confidence",
      labelNames: ["sample"],
      registers,
    }),
  };
}
