import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";
import type { UpstreamView } from "./upstream.ts";

/** What upstreams count; `server` is the origin, as many as are configured. */
export type UpstreamMetrics = ReturnType<typeof createUpstreamMetrics>;

const BREAKER_LEVEL = { closed: 0, "half-open": 1, open: 2 } as const;

/** Registers the metrics of upstreams. */
export function createUpstreamMetrics(registry: Registry) {
  const registers = [registry];
  let views: () => readonly UpstreamView[] = () => [];
  /** Asked when somebody reads: to keep it up to date would cost every request. */
  const asked = (name: string, help: string, show: (gauge: Gauge, view: UpstreamView) => void) =>
    new Gauge({
      name,
      help,
      labelNames: ["upstream", "server"],
      registers,
      collect() {
        this.reset();
        for (const view of views()) show(this, view);
      },
    });
  asked("neuron_proxy_queue_depth", "Requests waiting for a slot", (gauge, view) =>
    gauge.set({ upstream: view.name }, view.queueDepth),
  );
  asked("neuron_proxy_upstream_in_flight", "Slots taken", (gauge, view) =>
    gauge.set({ upstream: view.name }, view.inFlight),
  );
  asked("neuron_proxy_concurrency_limit", "Requests let work at once just now", (gauge, view) =>
    gauge.set({ upstream: view.name }, view.limit),
  );
  asked(
    "neuron_proxy_breaker_state",
    "0 closed, 1 half-open, 2 open",
    (gauge, { name, servers }) => {
      for (const { label, breaker } of servers)
        gauge.set({ upstream: name, server: label }, BREAKER_LEVEL[breaker]);
    },
  );
  return {
    /** Whose state the gauges tell. */
    watch(answer: typeof views) {
      views = answer;
    },
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
  };
}
