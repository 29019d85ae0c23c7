import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What the proxy counts on its own; upstreams have metrics of theirs. Never labelled by hotkey or address. */
export type ProxyMetrics = ReturnType<typeof createMetrics>;

/** Registers the metrics of the proxy. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  /** Asked when somebody reads: cheaper than to keep. */
  const asked = (name: string, help: string) => {
    let ask = () => 0;
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(ask());
      },
    });
    return (answer: () => number) => {
      ask = answer;
    };
  };
  const askedByNetuid = (name: string, help: string) => {
    let ask: () => ReadonlyMap<number, number> = () => new Map();
    new Gauge({
      name,
      help,
      labelNames: ["netuid"],
      registers,
      collect() {
        this.reset();
        for (const [netuid, value] of ask()) this.set({ netuid }, value);
      },
    });
    return (answer: typeof ask) => {
      ask = answer;
    };
  };
  return {
    requests: new Counter({
      name: "neuron_proxy_requests_total",
      help: "Requests answered, by route, status and how their caller was proven",
      labelNames: ["route", "code", "auth"],
      registers,
    }),
    seconds: new Histogram({
      name: "neuron_proxy_request_seconds",
      help: "From the header block of a request to the last byte of its answer",
      labelNames: ["route"],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300],
      registers,
    }),
    authFailures: new Counter({
      name: "neuron_proxy_auth_failures_total",
      help: "Requests whose caller was not let in, by code",
      labelNames: ["code"],
      registers,
    }),
    denials: new Counter({
      name: "neuron_proxy_denials_total",
      help: "Requests turned away, by policy and code",
      labelNames: ["policy", "code"],
      registers,
    }),
    shadowed: new Counter({
      name: "neuron_proxy_shadow_denials_total",
      help: "Requests that a policy in dry run would have turned away",
      labelNames: ["policy", "code"],
      registers,
    }),
    verifySeconds: new Histogram({
      name: "neuron_proxy_verify_seconds",
      help: "From the last byte of a body to the verdict on its signature, waiting included",
      buckets: [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1],
      registers,
    }),
    replayHits: new Counter({
      name: "neuron_proxy_replay_hits_total",
      help: "Signed requests that came a second time",
      registers,
    }),
    metagraphAge: askedByNetuid(
      "neuron_proxy_metagraph_age_seconds",
      "Age of the view of the subnet that callers are judged by",
    ),
    clockOffset: asked(
      "neuron_proxy_clock_offset_ms",
      "Median of signed time less our clock over the last proven requests: far from 0, a clock is wrong",
    ),
    inflightBytes: asked("neuron_proxy_inflight_bytes", "Bytes of request bodies being held"),
    connections: asked("neuron_proxy_connections", "Open connections of clients"),
    edgeEvents: new Counter({
      name: "neuron_proxy_edge_events_total",
      help: "Connections and requests refused at the door, certificates reloaded or kept, by kind and reason",
      labelNames: ["kind", "reason"],
      registers,
    }),
    degraded: new Gauge({
      name: "neuron_proxy_redis_degraded",
      help: "1 while Redis is gone and this process judges by its own memory",
      labelNames: ["store"],
      registers,
    }),
    reloads: new Counter({
      name: "neuron_proxy_reloads_total",
      help: "Reloads of the configuration, by result",
      labelNames: ["result"],
      registers,
    }),
    reloadRefused: new Gauge({
      name: "neuron_proxy_reload_refused",
      help: "1 while the configuration file is one that was refused",
      registers,
    }),
    draining: asked(
      "neuron_proxy_draining",
      "1 while requests under way finish and no others are taken",
    ),
  };
}
