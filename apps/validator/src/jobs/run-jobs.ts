import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BlockNumber } from "@neurond/primitives";
import { jobCadences } from "@neurond/storage-rules";
import { type Job, JobStates, openEventLog, runJobs, Semaphore } from "@neurond/storage-rules/io";
import type { ComposedValidator } from "../compose.ts";
import type { Config } from "../config.ts";
import type { PassDeps } from "../storage/passing/pass-shard.ts";
import type { JobParts } from "./job-parts.ts";
import { checkpoint, statistics, tellWeights } from "./keep-state.ts";
import { monitor } from "./monitor.ts";
import { openPublishing } from "./publish.ts";
import { retrieve } from "./retrieve.ts";
import { storeRandom } from "./store-random.ts";

/** What the jobs of a validator are run with. */
export interface JobsOptions {
  readonly config: Config;
  readonly directory: string;
  readonly giving: PassDeps;
  readonly head: () => BlockNumber;
}

/** A run of a job has ended after so many of its deadlines. */
const ROUNDS_MARGIN = 2;

/** Opens the event log and what is published, for as long as jobs are run. */
export async function openJobParts(
  validator: ComposedValidator,
  { config, directory, giving, head }: JobsOptions,
  resources: AsyncDisposableStack,
): Promise<JobParts> {
  await mkdir(directory, { recursive: true });
  const maxBytes = config["neuron.events_retention_size"];
  const events = config["neuron.dont_save_events"]
    ? null
    : resources.use(await openEventLog(directory, { maxBytes }));
  const published = await openPublishing(validator, { config, directory }, resources);
  return {
    validator,
    config,
    directory,
    events,
    ...published,
    client: giving.client,
    giving,
    head,
  };
}

/** The jobs of a validator, each with a cadence of its own. */
export function jobsOf(parts: JobParts): readonly Job[] {
  const { config, sink } = parts;
  const every = jobCadences(config);
  const step = config["neuron.blocks_per_step"];
  const rounds = config["neuron.num_concurrent_forwards"] + ROUNDS_MARGIN;
  const job = (
    name: string,
    everyBlocks: number,
    seconds: number,
    work: (parts: JobParts, run: Parameters<Job["run"]>[0]) => Promise<void>,
  ): Job => ({
    name,
    everyBlocks,
    deadlineMs: seconds * 1000,
    run: (run) => work(parts, run),
  });
  const transfers = (timeout: number) => rounds * timeout;
  return [
    job("monitor", every.monitor, 60, monitor),
    job("retrieve", every.retrieve, transfers(config["neuron.retrieve_timeout"]), retrieve),
    ...(config.jobs.testData
      ? [job("store", every.store, transfers(config["neuron.store_timeout"]), storeRandom)]
      : []),
    job("checkpoint", every.checkpoint, 60, checkpoint),
    job("statistics", every.repair, 60, statistics),
    job("weights", config["wandb.weights_step_length"] * step, 60, tellWeights),
    ...(sink === null
      ? []
      : [job("publish", config["wandb.run_step_length"] * step, 60, () => sink.rollOver())]),
  ];
}

/** Runs the jobs beside the runs until the signal fires. */
export async function followJobs(
  validator: ComposedValidator,
  options: JobsOptions,
  signal: AbortSignal,
): Promise<void> {
  const { config, directory } = options;
  const { chain, log } = validator;
  await using resources = new AsyncDisposableStack();
  const parts = await openJobParts(validator, options, resources);
  const scheduled = {
    jobs: jobsOf(parts),
    heads: numbers(chain.watchHeads({ signal })),
    states: await JobStates.open(join(directory, "jobs.json")),
    permits: new Semaphore(config["neuron.semaphore_size"]),
    onFailure: (job: string, error: unknown, failures: number) =>
      log.warn({ job, error, failures }, "job failed; tried again later"),
    onDone: (job: string, block: number, elapsedMs: number) => {
      const level = config["neuron.profile"] ? "info" : "debug";
      log[level]({ job, block, seconds: elapsedMs / 1000 }, "job done");
    },
  };
  const stop = new AbortController();
  const sending = parts.outbox?.follow(stop.signal);
  try {
    await runJobs(scheduled, signal);
  } finally {
    // What the last job published goes out too.
    stop.abort();
    await sending;
  }
}

async function* numbers(heads: AsyncIterable<{ readonly number: number }>) {
  for await (const { number } of heads) yield number;
}
