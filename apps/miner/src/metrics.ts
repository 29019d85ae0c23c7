import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What a miner counts: who knocks, what is kept, what is proved. */
export type MinerMetrics = ReturnType<typeof createMetrics>;

/** Registers the metrics of a miner. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    refusals: new Counter({
      name: "neuron_requests_refused_total",
      help: "Signed requests turned away, by code",
      labelNames: ["code"],
      registers,
    }),
    shards: new Gauge({ name: "neuron_shards", help: "Shards kept", registers }),
    storedBytes: new Gauge({
      name: "neuron_stored_bytes",
      help: "Bytes of shards kept",
      registers,
    }),
    lostShards: new Gauge({
      name: "neuron_lost_shards",
      help: "Shards that were signed for and are no longer here whole",
      registers,
    }),
    validatorBytes: new Gauge({
      name: "neuron_stored_validator_bytes",
      help: "Bytes of shards kept, by the validator they are kept for",
      labelNames: ["validator"],
      registers,
    }),
    tagBytes: new Gauge({
      name: "neuron_stored_tag_bytes",
      help: "Bytes of tags kept",
      registers,
    }),
    quotaBytes: new Gauge({
      name: "neuron_storage_quota_bytes",
      help: "Bytes that shards may take",
      registers,
    }),
    uploads: new Counter({
      name: "neuron_shard_uploads_total",
      help: "Shards offered, by what became of them",
      labelNames: ["result"],
      registers,
    }),
    uploadSeconds: new Histogram({
      name: "neuron_shard_upload_duration_seconds",
      help: "From the first byte of a shard to its receipt",
      buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 120],
      registers,
    }),
    tagUploads: new Counter({
      name: "neuron_tag_uploads_total",
      help: "Tags offered, by what became of them",
      labelNames: ["result"],
      registers,
    }),
    scrubbed: new Counter({
      name: "neuron_shards_scrubbed_total",
      help: "Shards hashed against their roots, by what that showed",
      labelNames: ["result"],
      registers,
    }),
    badTags: new Counter({
      name: "neuron_bad_tags_total",
      help: "Tags that a validator handed out and its revealed secret does not make",
      registers,
    }),
    deleted: new Counter({
      name: "neuron_shards_deleted_total",
      help: "Shards deleted because their validator asked for it",
      registers,
    }),
    downloads: new Counter({
      name: "neuron_shard_downloads_total",
      help: "Shards asked for, by what became of it",
      labelNames: ["result"],
      registers,
    }),
    challenges: new Counter({
      name: "neuron_challenges_total",
      help: "Challenges received, by what became of them",
      labelNames: ["workload", "result"],
      registers,
    }),
    challengeSeconds: new Histogram({
      name: "neuron_challenge_duration_seconds",
      help: "From a challenge to its signed answer",
      labelNames: ["workload"],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
      registers,
    }),
    collected: new Counter({
      name: "neuron_shards_collected_total",
      help: "Shards deleted after their time",
      registers,
    }),
    reports: new Counter({
      name: "neuron_self_reports_total",
      help: "Reports of our own slices handed to validators, by what they said",
      labelNames: ["result"],
      registers,
    }),
    head: new Gauge({
      name: "neuron_chain_head_block",
      help: "Height of the best block seen",
      registers,
    }),
    viewAge: new Gauge({
      name: "neuron_metagraph_age_seconds",
      help: "Age of the metagraph that callers are judged by",
      registers,
    }),
    announced: new Gauge({
      name: "neuron_axon_announced",
      help: "1 while the chain says where we serve, else 0",
      registers,
    }),
  };
}
