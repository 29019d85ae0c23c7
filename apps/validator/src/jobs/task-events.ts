import type { Hotkey, Uid } from "@neurond/primitives";
import {
  answersOf,
  type Batch,
  batchEvent,
  bookRulesOf,
  EVENT_LEVEL,
  type MinerBook,
  publicEvent,
  type TaskEvent,
  type TaskRecord,
} from "@neurond/storage-rules";
import { liveBook } from "../rewards/live-book.ts";
import { standingRules } from "../rewards/standing-rules.ts";
import { type Heard, type JobParts, workloadOf } from "./job-parts.ts";

/** What was heard of a task, and who the miners are now. */
export interface HeardTask {
  readonly heard: readonly Heard[];
  readonly uids: ReadonlyMap<Hotkey, Uid>;
}

/** Tells of a task that is in the log: in the event log, to outsiders, and to whoever reads the log. */
export async function announceTask(
  parts: JobParts,
  record: TaskRecord,
  { heard, uids }: HeardTask,
): Promise<void> {
  const { validator, config, head } = parts;
  if (config["neuron.log_responses"]) {
    for (const { miner: hotkey, status, elapsedMs, bytes } of heard) {
      validator.log.info(
        { task: record.task, hotkey, status: status.code, elapsedMs, bytes },
        "answer",
      );
    }
  }
  const { identity, stores } = validator;
  const deps = { identity, stores, workload: workloadOf(validator), head };
  const book = await liveBook(deps);
  const event =
    record.task === "monitor"
      ? monitorEvent(parts, record, { heard, uids }, book)
      : taskEvent(parts, record, { heard, uids }, book);
  await publishEvent(parts, event);
}

/** Writes an event down, and publishes of it what outsiders may see. */
export async function publishEvent(
  { config, events, sink, validator }: JobParts,
  event: TaskEvent,
): Promise<void> {
  const said = config["neuron.disable_log_rewards"] ? withoutRewards(event) : event;
  await events?.append(said);
  const step = Math.floor(event.block / config["neuron.blocks_per_step"]);
  await sink?.publish(publicEvent(said), { step, timeMs: validator.now() });
}

/** The rewards of an event are left out, and so are the averages they went into. */
function withoutRewards({ moving_averaged_scores: _, ...event }: TaskEvent): TaskEvent {
  return { ...event, rewards: [], best_uid: null, best_hotkey: null };
}

function taskEvent(
  { validator, config }: JobParts,
  record: TaskRecord,
  { heard, uids }: HeardTask,
  book: MinerBook,
): TaskEvent {
  const rules = standingRules(config);
  const task = record.task === "store" ? "store" : "retrieve";
  const answers = answersOf(book, record, rules);
  const batch: Batch = { task, timeout: record.timeout_us, answers };
  const circumstances = {
    time: validator.now(),
    block: record.block,
    stepSeconds: longestSeconds(heard),
    uids,
    statuses: new Map(heard.map(({ miner, status }) => [miner, status])),
    scores: book.scores,
  };
  return { ...batchEvent(batch, circumstances, bookRulesOf(rules).rewards), rules };
}

/** Pings are rewarded by no time: who is declared down now loses, all others get nothing. */
function monitorEvent(
  { validator, config }: JobParts,
  record: TaskRecord,
  { heard, uids }: HeardTask,
  after: MinerBook,
): TaskEvent {
  const rows = heard
    .flatMap((one) => {
      const uid = uids.get(one.miner);
      return uid === undefined ? [] : [{ uid, ...one }];
    })
    .sort((a, b) => a.uid - b.uid);
  // A count that a failure brought to nothing is one that declared its miner down.
  const isDown = ({ miner, isSuccess }: Heard) => !isSuccess && !after.failedPings.has(miner);
  const { down } = bookRulesOf(standingRules(config)).rewards;
  return {
    level: EVENT_LEVEL,
    time: validator.now(),
    task_name: "Monitor",
    block: record.block,
    uids: rows.map(({ uid }) => uid),
    hotkeys: rows.map(({ miner }) => miner),
    successful: rows.map(({ isSuccess }) => isSuccess),
    completion_times: rows.map(({ elapsedMs }) => Math.round(elapsedMs * 1000) / 1_000_000),
    task_status_messages: rows.map(({ status }) => status.message.slice(0, 1024)),
    task_status_codes: rows.map(({ status }) => status.code),
    bytes: rows.map(({ bytes }) => bytes),
    tiers: rows.map(() => ""),
    timeout: record.timeout_us / 1_000_000,
    step_length: longestSeconds(heard),
    best_uid: null,
    best_hotkey: null,
    rewards: rows.map((row) => (isDown(row) ? down / 1_000_000_000 : 0)),
    moving_averaged_scores: rows.map(({ miner }) => (after.scores.get(miner) ?? 0) / 1_000_000_000),
  };
}

function longestSeconds(heard: readonly Heard[]): number {
  return Math.max(0, ...heard.map(({ elapsedMs }) => elapsedMs)) / 1_000;
}
