import { Counter, Gauge, type Registry } from "@neurond/runtime";

/** What parking counts. */
export type ParkingMetrics = ReturnType<typeof createParkingMetrics>;

/** Registers the metrics of parking. */
export function createParkingMetrics(registry: Registry) {
  const registers = [registry];
  return {
    parked: new Counter({
      name: "neuron_proxy_parked_total",
      help: "Requests whose client was to be told to ask again, by what became of that",
      labelNames: ["result"],
      registers,
    }),
    ended: new Counter({
      name: "neuron_proxy_parked_ended_total",
      help: "Parked requests that ended, by how",
      labelNames: ["outcome"],
      registers,
    }),
    working: new Gauge({
      name: "neuron_proxy_parked",
      help: "Parked requests still at work",
      registers,
    }),
    bytes: new Gauge({
      name: "neuron_proxy_parked_bytes",
      help: "Bytes of kept answers",
      registers,
    }),
  };
}
