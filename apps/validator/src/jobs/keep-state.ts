import { join } from "node:path";
import { writeWhole } from "@neurond/files";
import { EVENT_LEVEL, formatBook, settleMetagraph, type TaskEvent } from "@neurond/storage-rules";
import { appendTotalStorage, type JobRun, TOTAL_STORAGE } from "@neurond/storage-rules/io";
import { liveBook } from "../rewards/live-book.ts";
import { type JobParts, workloadOf } from "./job-parts.ts";
import { tellSettled } from "./settled-runs.ts";
import { publishEvent } from "./task-events.ts";

/**
 * Writes down what is known of the miners that are registered now: `state.json` for people and tools.
 * The validator itself goes by the standings in its log.
 */
export async function checkpoint(parts: JobParts, { signal }: JobRun): Promise<void> {
  const { chain, identity } = parts.validator;
  const { neurons } = await chain.metagraph({ netuid: identity.netuid }, { signal });
  const registered = new Set(neurons.map(({ hotkey }) => hotkey));
  const book = settleMetagraph(await liveBook(depsOf(parts)), registered);
  await writeWhole(join(parts.directory, "state.json"), formatBook(book), { mode: 0o644 });
}

/** Tells of settled runs, of all that is stored, and of every miner's counters. */
export async function statistics(parts: JobParts, { signal }: JobRun): Promise<void> {
  const { validator, directory, sink, head } = parts;
  await tellSettled(parts, signal);
  const owed = await validator.stores.shards.owed(validator.identity.hotkey, head());
  const total = [...owed.values()].reduce((sum, { bytes }) => sum + bytes, 0n);
  const now = new Date(validator.now());
  await appendTotalStorage(join(directory, TOTAL_STORAGE), total, now);
  if (sink === null) return;
  const book = await liveBook(depsOf(parts));
  await sink.publishStatistics(book.statistics);
}

/** Publishes the weights that were decided last. */
export async function tellWeights(parts: JobParts, { block, signal }: JobRun): Promise<void> {
  const { validator } = parts;
  const latest = await validator.stores.journal.latest("agreed");
  if (latest === undefined) return;
  const { byHotkey } = await validator.chain.metagraph(validator.identity, { signal });
  const rows = latest.fact.weights
    .flatMap(([hotkey, value]) => {
      const neuron = byHotkey.get(hotkey);
      return neuron === undefined ? [] : [{ hotkey, value, uid: neuron.uid }];
    })
    .sort((a, b) => a.uid - b.uid);
  const event: TaskEvent = {
    level: EVENT_LEVEL,
    time: validator.now(),
    task_name: "SetWeights",
    block,
    uids: rows.map(({ uid }) => uid),
    hotkeys: rows.map(({ hotkey }) => hotkey),
    successful: [],
    completion_times: [],
    task_status_messages: [],
    task_status_codes: [],
    bytes: [],
    tiers: [],
    timeout: 0,
    step_length: 0,
    best_uid: null,
    best_hotkey: null,
    rewards: [],
    set_weights: rows.map(({ value }) => value),
  };
  await publishEvent(parts, event);
}

const depsOf = ({ validator, head }: JobParts) => ({
  identity: validator.identity,
  stores: validator.stores,
  workload: workloadOf(validator),
  head,
});
