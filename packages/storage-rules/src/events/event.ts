import { z } from "zod";
import { StandingRules } from "../standing/standing-rules.ts";

/** Severity of events among those of the log (info is 30, warn 40). */
export const EVENT_LEVEL = 38;

/** What an event can be about. */
export const EVENT_TASKS = ["Store", "Challenge", "Retrieve", "Monitor", "SetWeights"] as const;

const MAX_UIDS = 65_536;
const list = <Item extends z.ZodType>(item: Item) => z.array(item).max(MAX_UIDS);
const uid = z.int().min(0).max(65_535);

/**
 * One task as the event log keeps it. Lists run in the order of `uids`. Times are seconds with six
 * decimals and rewards have nine, so that both are whole numbers again once multiplied.
 */
export const TaskEvent = z.strictObject({
  level: z.literal(EVENT_LEVEL),
  time: z.int().min(0).describe("ms since 1970"),
  task_name: z.enum(EVENT_TASKS),
  block: z.int().min(0),
  uids: list(uid),
  hotkeys: list(z.string().max(64)),
  successful: list(z.boolean()),
  completion_times: list(z.number().min(0)).describe("seconds"),
  task_status_messages: list(z.string().max(1024)),
  task_status_codes: list(z.int().min(0).max(999)),
  bytes: list(z.int().min(0)),
  tiers: list(z.string().max(64)),
  timeout: z.number().min(0).describe("seconds; 0 where there is none"),
  step_length: z.number().min(0).describe("seconds"),
  best_uid: uid.nullable(),
  best_hotkey: z.string().max(64).nullable(),
  rewards: list(z.number()),
  set_weights: list(z.int().min(0).max(65_535)).optional().describe("u16, in the order of uids"),
  rules: StandingRules.optional().describe("by which it was rewarded"),
  moving_averaged_scores: list(z.number()).optional().describe("in the order of uids"),
});
export type TaskEvent = z.output<typeof TaskEvent>;
