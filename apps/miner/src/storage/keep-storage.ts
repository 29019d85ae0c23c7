import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Lanes, Logger } from "@neurond/runtime";
import {
  Scrub,
  type ShardName,
  type ShardStore,
  SweepAnswerer,
  TagStore,
} from "@neurond/workload-storage/io";
import type { Config } from "../config.ts";
import type { MinerMetrics } from "../metrics.ts";

export interface KeepDeps {
  readonly settings: Config["storage"];
  readonly shards: ShardStore;
  readonly disk: Lanes;
  readonly metrics: MinerMetrics;
  readonly log: Logger;
}

/** What a miner does with shards beside giving and taking them. */
export interface KeptStorage extends AsyncDisposable {
  readonly tags: TagStore;
  readonly sweeps: SweepAnswerer;
  /** Hears of a shard that could not be read: it is looked at next. */
  readonly onUnreadable: (name: ShardName) => void;
  /** Hashes shards against their roots until the signal fires. */
  scrub(signal: AbortSignal): Promise<void>;
}

/** Opens tags and what sweeps and scrubs take. Nothing runs before `scrub` is called. */
export async function keepStorage(deps: KeepDeps): Promise<KeptStorage> {
  const { settings, shards, disk, metrics, log } = deps;
  const { directory, sweepThreads, scrub: pace } = settings;
  await mkdir(directory, { recursive: true });
  const tags = await TagStore.open(directory);
  const sweeps = new SweepAnswerer({
    concurrency: sweepThreads,
    ...(!shards.hasFiles && {
      // What stands in place of a path is the shard's name.
      read: (name) => shards.read(name as ShardName),
    }),
  });
  const scrub = new Scrub({
    store: shards,
    progress: join(directory, "scrub-after"),
    passSeconds: pace.passHours * 3600,
    maxBytesPerSecond: pace.maxBytesPerSecond,
    inLane: (work) => disk.run(new AbortController().signal, work),
    onScrubbed: (name, intact) => {
      metrics.scrubbed.inc({ result: intact === null ? "unknown" : intact ? "intact" : "lost" });
      if (intact === false) log.error({ shard: name }, "a shard is lost: check the disk");
    },
  });
  return {
    tags,
    sweeps,
    onUnreadable: (name) => scrub.suspect(name),
    scrub: (signal) => (pace.enabled ? scrub.run(signal) : Promise.resolve()),
    [Symbol.asyncDispose]: () => sweeps[Symbol.asyncDispose](),
  };
}
