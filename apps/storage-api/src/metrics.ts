import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What an API node counts. */
export type StorageApiMetrics = ReturnType<typeof createMetrics>;

/** Registers the metrics of an API node. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    s3Requests: new Counter({
      name: "neuron_s3_requests_total",
      help: "S3 requests by operation and code; none is a success, ClientLeft an early end",
      labelNames: ["operation", "code"],
      registers,
    }),
    s3Seconds: new Histogram({
      name: "neuron_s3_request_duration_seconds",
      help: "From the head of an S3 request to the end of its answer",
      labelNames: ["operation"],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
      registers,
    }),
    refusals: new Counter({
      name: "neuron_requests_refused_total",
      help: "Signed requests turned away, by code",
      labelNames: ["code"],
      registers,
    }),
    vaultBytes: new Counter({
      name: "neuron_vault_transferred_bytes_total",
      help: "Bytes brought to the vault and taken from it",
      labelNames: ["direction"],
      registers,
    }),
    repairs: new Counter({
      name: "neuron_repairs_total",
      help: "Repairs of segments by result: repaired, partly or failed",
      labelNames: ["result"],
      registers,
    }),
    repairBytes: new Counter({
      name: "neuron_repair_bytes_total",
      help: "Bytes fetched and handed over to make lost shards anew",
      registers,
    }),
    repairQueue: new Gauge({
      name: "neuron_repairs_waiting",
      help: "Segments that wait for their repair",
      registers,
    }),
    spare: new Gauge({
      name: "neuron_repairs_least_spare_shards",
      help: "Fewest shards that any waiting segment may still lose; NaN when none waits",
      registers,
    }),
    garbage: new Gauge({
      name: "neuron_blobs_unnamed",
      help: "Blobs that wait to be removed from the vault",
      registers,
    }),
    removed: new Counter({
      name: "neuron_blobs_removed_total",
      help: "Blobs without a name, by what became of removing them",
      labelNames: ["result"],
      registers,
    }),
    expired: new Counter({
      name: "neuron_objects_expired_total",
      help: "Objects deleted when their time was over, and uploads aborted for their age",
      labelNames: ["kind"],
      registers,
    }),
  };
}
