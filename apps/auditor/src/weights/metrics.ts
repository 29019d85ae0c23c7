import { Counter, Gauge, type Registry } from "@neurond/runtime";

/** What is counted about an auditor's own weights. */
export type WeightsMetrics = ReturnType<typeof createWeightsMetrics>;

/** Registers them. */
export function createWeightsMetrics(registry: Registry) {
  const registers = [registry];
  return {
    submissions: new Counter({
      name: "neuron_weights_submissions_total",
      help: "Attempts to set weights, by result",
      labelNames: ["result"],
      registers,
    }),
    confirmed: new Gauge({
      name: "neuron_weights_confirmed_block",
      help: "Block since which the newest own weights stand",
      registers,
    }),
    hindrances: new Gauge({
      name: "neuron_weights_hindered",
      help: "1 for each reason why weights are not set now",
      labelNames: ["code"],
      registers,
    }),
  };
}
