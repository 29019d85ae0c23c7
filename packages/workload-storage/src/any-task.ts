import { z } from "zod";
import { type Challenge, challengeSeed } from "./challenge.ts";
import { OpeningTask, openingChallengeOf } from "./opening/task.ts";
import { SweepEvidence, SweepTask, sweepChallengeOf } from "./sweep/task.ts";
import { challengeOf, SampleEvidence, SampleTask } from "./task.ts";
import { TokenEvidence, TokenTask, tokenChallengeOf } from "./token/task.ts";

/** A recorded challenge of any mode; fields of its own tell which. */
export const StorageTask = z.union([SampleTask, SweepTask, OpeningTask, TokenTask]);
export type StorageTask = z.infer<typeof StorageTask>;

/** What a probe of any mode brings back; that of an opening has the shape of a sample's. */
export const StorageEvidence = z.union([SampleEvidence, SweepEvidence, TokenEvidence]);
export type StorageEvidence = z.infer<typeof StorageEvidence>;

/** A task that says its mode. */
export type TaskOfMode =
  | { readonly mode: "sample"; readonly task: SampleTask }
  | { readonly mode: "sweep"; readonly task: SweepTask }
  | { readonly mode: "opening"; readonly task: OpeningTask }
  | { readonly mode: "token"; readonly task: TokenTask };

/** Which mode a task is of. */
export function modeOf(task: StorageTask): TaskOfMode {
  if ("mode" in task) return { mode: "sweep", task };
  if ("samples" in task) return { mode: "sample", task };
  if ("commitments" in task) return { mode: "opening", task };
  return { mode: "token", task };
}

/** The challenge a recorded task is; null for an opening whose receipt commits to no blocks. */
export function challengeOfTask(task: StorageTask): Challenge | null {
  const of = modeOf(task);
  switch (of.mode) {
    case "sample":
      return challengeOf(of.task);
    case "sweep":
      return sweepChallengeOf(of.task);
    case "opening":
      return openingChallengeOf(of.task);
    case "token":
      return tokenChallengeOf(of.task);
  }
}

/** The seed of a recorded task of any mode: what the validator signs when it asks. */
export function seedOfAnyTask(task: StorageTask): Uint8Array | null {
  const challenge = challengeOfTask(task);
  return challenge && challengeSeed(challenge);
}
