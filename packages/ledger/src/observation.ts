import { type Micro, toMicro } from "@neurond/primitives";
import type { Outcome } from "@neurond/workload";
import { z } from "zod";
import { field } from "./fields.ts";
import { JsonValue } from "./json.ts";

const grade = field.micro.transform((value): Micro => toMicro(value));

/** The recorded form of an outcome. */
export const OutcomeRecord: z.ZodType<Outcome> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("passed"), grade: z.exactOptional(grade) }),
  z.strictObject({ kind: z.literal("failed"), reason: field.reason }),
  z.strictObject({ kind: z.literal("offline") }),
  z.strictObject({ kind: z.literal("contained") }),
  z.strictObject({ kind: z.literal("unknown"), reason: field.reason }),
]);

/**
 * One probe: who asked whom what, what came back, and what it came to. It is recorded before it
 * counts. Nobody signs it alone: it is bound by the checkpoint of the log it stands in.
 */
export const Observation = z.strictObject({
  kind: z.literal("observation"),
  v: z.literal(1),
  netuid: field.netuid,
  validator: field.hotkey,
  run_id: field.runId,
  workload: field.workload,
  /** Counts the miner's tasks in the run. */
  slot: field.slot,
  miner: field.hotkey,
  /** The head of the chain when the task was sent. */
  block: field.block,
  sent_ms: field.timeMs,
  /** Null when nothing came. */
  received_ms: field.timeMs.nullable(),
  task: JsonValue,
  /** Null when nothing came; long byte strings stand apart, see `detachBodies`. */
  evidence: JsonValue,
  outcome: OutcomeRecord,
});
export type Observation = z.infer<typeof Observation>;

/** Something else that must be in the log before it may be used: a plan, an inventory, a receipt. */
export const Document = z.strictObject({
  kind: z.literal("document"),
  v: z.literal(1),
  netuid: field.netuid,
  validator: field.hotkey,
  run_id: field.runId,
  /** What it is, by name and version, such as `storage-plan/1`. */
  type: field.workload,
  /** The miner it is about; null when it is about all. */
  miner: field.hotkey.nullable(),
  body: JsonValue,
});
export type Document = z.infer<typeof Document>;
