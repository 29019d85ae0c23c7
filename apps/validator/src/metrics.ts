import { Counter, Gauge, Histogram, type Registry } from "@neurond/runtime";

/** What a validator counts, in the order in which a run meets it. */
export type ValidatorMetrics = ReturnType<typeof createMetrics>;

/** Registers the metrics of a validator. */
export function createMetrics(registry: Registry) {
  const registers = [registry];
  return {
    head: new Gauge({
      name: "neuron_chain_head_block",
      help: "Height of the best block seen",
      registers,
    }),
    probes: new Counter({
      name: "neuron_probes_total",
      help: "Tasks put to miners, by what they came to",
      labelNames: ["workload", "outcome"],
      registers,
    }),
    probeSeconds: new Histogram({
      name: "neuron_probe_duration_seconds",
      help: "From sending a task to its answer",
      labelNames: ["workload"],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    steps: new Counter({
      name: "neuron_run_steps_total",
      help: "Steps of runs, by how they ended",
      labelNames: ["step", "result"],
      registers,
    }),
    logEntries: new Gauge({
      name: "neuron_log_entries",
      help: "Entries in the append-only log",
      registers,
    }),
    reportsDropped: new Counter({
      name: "neuron_reports_dropped_total",
      help: "Reports of peers that were not counted, by reason",
      labelNames: ["reason"],
      registers,
    }),
    evidence: new Counter({
      name: "neuron_evidence_total",
      help: "Contradictions of validators that were found",
      labelNames: ["kind"],
      registers,
    }),
    quorumMisses: new Counter({
      name: "neuron_consensus_quorum_miss_total",
      help: "Runs without quorum, by reason",
      labelNames: ["reason"],
      registers,
    }),
    consecutiveMisses: new Gauge({
      name: "neuron_consensus_quorum_misses_in_a_row",
      help: "Runs without quorum since the last with one",
      registers,
    }),
    submissions: new Counter({
      name: "neuron_weights_submissions_total",
      help: "Attempts to set weights, by result",
      labelNames: ["result"],
      registers,
    }),
    weightsAge: new Gauge({
      name: "neuron_weights_age_blocks",
      help: "Blocks since weights were last confirmed on chain",
      registers,
    }),
    capacityPolls: new Counter({
      name: "neuron_capacity_polls_total",
      help: "Questions for miners' capacity, answered or not",
      labelNames: ["result"],
      registers,
    }),
    miners: new Gauge({
      name: "neuron_miners_count",
      help: "Miners whose capacity is asked for, by their standing",
      labelNames: ["standing"],
      registers,
    }),
    storedBytes: new Counter({
      name: "neuron_stored_bytes_total",
      help: "Bytes of shards that miners have taken and signed for",
      registers,
    }),
    freedBytes: new Counter({
      name: "neuron_freed_bytes_total",
      help: "Bytes of shards that are owed no more: deleted, expired or abandoned",
      labelNames: ["reason"],
      registers,
    }),
    departed: new Counter({
      name: "neuron_hotkeys_departed_total",
      help: "Hotkeys that were on the subnet at one look and not at the next",
      registers,
    }),
    grants: new Counter({
      name: "neuron_tag_grants_total",
      help: "Shards whose tags miners were handed, by result: granted or refused",
      labelNames: ["result"],
      registers,
    }),
    shardProofs: new Counter({
      name: "neuron_shard_proofs_total",
      help: "Shards with commitments to their blocks or tokens, by result: signed or refused",
      labelNames: ["result"],
      registers,
    }),
    refusals: new Counter({
      name: "neuron_requests_refused_total",
      help: "Signed requests turned away, by code",
      labelNames: ["code"],
      registers,
    }),
  };
}
