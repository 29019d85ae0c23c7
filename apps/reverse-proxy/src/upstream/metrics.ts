import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What upstreams count; `server` is the origin, as many as are configured. */
export type UpstreamMetrics = ReturnType<typeof createUpstreamMetrics>;

/** Registers the metrics of upstreams. */
export function createUpstreamMetrics(registry: Registry) {
  const registers = [registry];
  return {
    queueDepth: new Gauge({
      name: "neuron_proxy_queue_depth",
      help: "Requests waiting for a slot",
      labelNames: ["upstream"],
      registers,
    }),
    queueWait: new Histogram({
      name: "neuron_proxy_queue_wait_seconds",
      help: "From a request's arrival in the queue to its slot",
      labelNames: ["upstream"],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    turnedAway: new Counter({
      name: "neuron_proxy_queue_denied_total",
      help: "Requests that got no slot, by code",
      labelNames: ["upstream", "code"],
      registers,
    }),
    seconds: new Histogram({
      name: "neuron_proxy_upstream_seconds",
      help: "From a slot to the headers of the answer",
      labelNames: ["upstream"],
      buckets: [0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300],
      registers,
    }),
    failures: new Counter({
      name: "neuron_proxy_upstream_failures_total",
      help: "Answers that never came or came broken, by why",
      labelNames: ["upstream", "reason"],
      registers,
    }),
    inFlight: new Gauge({
      name: "neuron_proxy_upstream_in_flight",
      help: "Slots taken",
      labelNames: ["upstream"],
      registers,
    }),
    breaker: new Gauge({
      name: "neuron_proxy_breaker_state",
      help: "0 closed, 1 half-open, 2 open",
      labelNames: ["upstream", "server"],
      registers,
    }),
    limit: new Gauge({
      name: "neuron_proxy_concurrency_limit",
      help: "Requests let work at once just now",
      labelNames: ["upstream"],
      registers,
    }),
  };
}
