import type { Bench } from "./bench.ts";

interface Entry {
  readonly summary: string;
  /** Loads on demand: one bench must not cost the memory and start-up of all. */
  readonly load: () => Promise<Bench>;
}

/** Every bench there is, by the name that `npm run bench -- <name>` takes. */
export const BENCHES: Readonly<Record<string, Entry>> = {
  cli: {
    summary: "the time to the help of the command line",
    load: async () => (await import("./benches/cli.ts")).cli,
  },
  chain: {
    summary: "snapshots, extrinsics, epochs, memory, cold start, timelock encryption",
    load: async () => (await import("./benches/chain/bench.ts")).chain,
  },
  signatures: {
    summary: "sr25519 checks per second, inline and through the pool",
    load: async () => (await import("./benches/signatures.ts")).signatures,
  },
  door: {
    summary: "what a signed request costs beside its signature: headers, standing, limits, nonce",
    load: async () => (await import("./benches/door.ts")).door,
  },
  consensus: {
    summary: "stake-weighted medians of all miners",
    load: async () => (await import("./benches/consensus.ts")).consensus,
  },
  proofs: {
    summary: "sealing and hashing a shard, answering and checking storage challenges",
    load: async () => (await import("./benches/proofs.ts")).proofs,
  },
  storage: {
    summary: "whole-data sweeps, openings and tokens beside what is published of them",
    load: async () => (await import("./benches/storage.ts")).storage,
  },
  proxy: {
    summary: "the reverse proxy beside nginx: throughput, signatures, streams, memory, floods",
    load: async () => (await import("./benches/proxy/bench.ts")).proxy,
  },
  audit: {
    summary:
      "loading a week of exports, recomputing it, producing an hour, memory; BENCH_ROWS=5000000 for a whole one",
    load: async () => (await import("./benches/audit/bench.ts")).audit,
  },
};
