import type { Hotkey, Uid } from "@neurond/primitives";
import { parseHotkey, readHotkey } from "@neurond/primitives";
import type { Answer, Batch } from "../rewards/answer.ts";
import { ONE } from "../rewards/fixed.ts";
import { REWARD_RULES, type RewardRules, rewardBatch } from "../rewards/reward-batch.ts";
import type { Scores } from "../rewards/scores.ts";
import type { CountedTask } from "../statistics/counters.ts";
import type { TierTable } from "../tiers/tier.ts";
import { EVENT_LEVEL, type TaskEvent } from "./event.ts";

const MICROSECONDS = 1_000_000;

const TASK_NAMES = { store: "Store", challenge: "Challenge", retrieve: "Retrieve" } as const;

/** What else is known of a batch when it is written down. */
export interface BatchCircumstances {
  readonly time: number;
  readonly block: number;
  readonly stepSeconds: number;
  readonly uids: ReadonlyMap<Hotkey, Uid>;
  readonly statuses: ReadonlyMap<Hotkey, { readonly code: number; readonly message: string }>;
  /** Absent when rewards are not to be logged. */
  readonly scores?: Scores;
}

/** A batch and its rewards as an event, by ascending uid; hotkeys without a uid are left out. */
export function batchEvent(
  batch: Batch,
  circumstances: BatchCircumstances,
  rules = REWARD_RULES,
): TaskEvent {
  const { time, block, stepSeconds, uids, statuses, scores } = circumstances;
  const rewards = rewardBatch(batch, rules);
  const rows = [...batch.answers]
    .flatMap(([hotkey, answer]) => {
      const uid = uids.get(hotkey);
      return uid === undefined ? [] : [{ uid, hotkey, answer, reward: rewards.get(hotkey) ?? 0 }];
    })
    .sort((a, b) => a.uid - b.uid);
  const best = rows.reduce<(typeof rows)[number] | null>(
    (first, row) => (first === null || row.reward > first.reward ? row : first),
    null,
  );
  return {
    level: EVENT_LEVEL,
    time,
    task_name: TASK_NAMES[batch.task],
    block,
    uids: rows.map(({ uid }) => uid),
    hotkeys: rows.map(({ hotkey }) => hotkey),
    successful: rows.map(({ answer }) => answer.isSuccess),
    completion_times: rows.map(({ answer }) => answer.elapsed / MICROSECONDS),
    task_status_messages: rows.map(
      ({ hotkey }) => statuses.get(hotkey)?.message.slice(0, 1024) ?? "",
    ),
    task_status_codes: rows.map(({ hotkey }) => statuses.get(hotkey)?.code ?? 0),
    bytes: rows.map(({ answer }) => answer.bytes),
    tiers: rows.map(({ answer }) => answer.tier.name),
    timeout: batch.timeout / MICROSECONDS,
    step_length: stepSeconds,
    best_uid: best?.uid ?? null,
    best_hotkey: best?.hotkey ?? null,
    rewards: rows.map(({ reward }) => reward / ONE),
    ...(scores && {
      moving_averaged_scores: rows.map(({ hotkey }) => (scores.get(hotkey) ?? 0) / ONE),
    }),
  };
}

/** What an event can be wrong in, by itself. */
export type EventFault = "SHAPE" | "TIER" | "REWARDS" | "BEST";

/**
 * Computes an event's rewards again from what it says of the answers, bit for bit; null when they
 * are those that the rules give, or when it is about something that is not rewarded by time.
 */
export function checkBatchEvent(
  event: TaskEvent,
  table: TierTable,
  rules: RewardRules = REWARD_RULES,
): EventFault | null {
  const task = COUNTED[event.task_name];
  if (task === undefined) return null;
  // Whoever writes no rewards says nothing that could be wrong.
  if (event.rewards.length === 0 && event.best_hotkey === null) return null;
  const answers = answersOf(event, table);
  if (typeof answers === "string") return answers;
  const batch = { task, timeout: Math.round(event.timeout * MICROSECONDS), answers };
  let rewards: ReturnType<typeof rewardBatch>;
  try {
    rewards = rewardBatch(batch, rules);
  } catch {
    return "SHAPE";
  }
  const said = event.rewards.map((reward) => Math.round(reward * ONE));
  const ours = event.hotkeys.map((hotkey) => rewards.get(parseHotkey(hotkey)) ?? 0);
  if (said.length !== ours.length || ours.some((reward, at) => reward !== said[at]))
    return "REWARDS";
  const best = ours.reduce<number>((top, reward, at) => (reward > (ours[top] ?? 0) ? at : top), 0);
  return event.best_hotkey === (event.hotkeys[best] ?? null) ? null : "BEST";
}

const COUNTED: Readonly<Partial<Record<TaskEvent["task_name"], CountedTask>>> = {
  Store: "store",
  Challenge: "challenge",
  Retrieve: "retrieve",
};

function answersOf(event: TaskEvent, table: TierTable): ReadonlyMap<Hotkey, Answer> | EventFault {
  const { hotkeys, successful, completion_times, bytes, tiers, uids } = event;
  const lists = [uids, successful, completion_times, bytes, tiers, event.rewards];
  if (lists.some(({ length }) => length !== hotkeys.length)) return "SHAPE";
  const answers = new Map<Hotkey, Answer>();
  for (const [at, text] of hotkeys.entries()) {
    const tier = table.find(({ name }) => name === tiers[at]);
    if (tier === undefined) return "TIER";
    const hotkey = readHotkey(text);
    if (hotkey === null || answers.has(hotkey)) return "SHAPE";
    answers.set(hotkey, {
      isSuccess: successful[at] ?? false,
      elapsed: Math.round((completion_times[at] ?? 0) * MICROSECONDS),
      bytes: bytes[at] ?? 0,
      tier,
    });
  }
  return answers;
}
