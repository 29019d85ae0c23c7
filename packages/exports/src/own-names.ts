import type { Hotkey, RunId } from "@neurond/primitives";
import { entryNamespace, uuidV5 } from "./entry-id.ts";

/** A task, named as the record names it. */
export interface TaskName {
  readonly netuid: number;
  readonly validator: Hotkey;
  readonly run_id: RunId | string;
  readonly workload: string;
  readonly miner: Hotkey;
  readonly slot: number;
}

/** A name-based UUID in the namespace of exports; a runtime's own hash makes them faster. */
export type NameUuid = (name: string) => string;

const plainUuid: NameUuid = (name) => uuidV5(entryNamespace(), name);

// Exports know requests, attempts, chutes, images and instances; all of them are UUIDs. Ours follow from
// what the record calls the same things, so whoever holds the record can find a row, and the other way.

/** The parent of a task's attempts. */
export function taskUuid(task: TaskName, uuid: NameUuid = plainUuid): string {
  const { netuid, validator, run_id, workload, miner, slot } = task;
  return uuid(`neurond.task.${netuid}.${validator}.${run_id}.${workload}.${miner}.${slot}`);
}

/** One attempt: the entry of the validator's log in which it stands. */
export function attemptUuid(
  validator: Hotkey,
  logIndex: number,
  uuid: NameUuid = plainUuid,
): string {
  return uuid(`neurond.attempt.${validator}.${logIndex}`);
}

/** A workload of a subnet, where others have a chute. */
export function workloadUuid(netuid: number, workload: string, uuid: NameUuid = plainUuid): string {
  return uuid(`neurond.workload.${netuid}.${workload}`);
}

/** A run of a validator, where others have the image that a chute was built as. */
export function runUuid(
  validator: Hotkey,
  runId: RunId | string,
  uuid: NameUuid = plainUuid,
): string {
  return uuid(`neurond.run.${validator}.${runId}`);
}

/** A miner serving a workload without interruption since a run, where others have an instance. */
export function serviceUuid(
  validator: Hotkey,
  { workload, miner, since }: ServiceName,
  uuid: NameUuid = plainUuid,
): string {
  return uuid(`neurond.service.${validator}.${workload}.${miner}.${since}`);
}

/** What names a service: whose it is, of what, and the first run in which it earned something. */
export interface ServiceName {
  readonly workload: string;
  readonly miner: Hotkey;
  readonly since: RunId | string;
}

/** What a miner runs of a workload for one validator. */
export function deploymentUuid(
  { miner, validator, workload }: Pick<TaskName, "miner" | "validator" | "workload">,
  uuid: NameUuid = plainUuid,
): string {
  return uuid(`neurond.deployment.${miner}.${validator}.${workload}`);
}
