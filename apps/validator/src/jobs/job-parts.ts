import type { Document } from "@neurond/ledger";
import type { BlockNumber, Hotkey } from "@neurond/primitives";
import { TASK, type TaskRecord } from "@neurond/storage-rules";
import type { EventLog, EventSink, WandbOutbox } from "@neurond/storage-rules/io";
import type { ComposedValidator } from "../compose.ts";
import type { Config } from "../config.ts";
import { timesAt } from "../run-plan.ts";
import type { MinerClient } from "../storage/passing/miner-client.ts";
import type { PassDeps } from "../storage/passing/pass-shard.ts";

/** What jobs work with. */
export interface JobParts {
  readonly validator: ComposedValidator;
  readonly config: Config;
  readonly directory: string;
  /** Null where no events are kept. */
  readonly events: EventLog | null;
  /** Null where nothing is published. */
  readonly sink: EventSink | null;
  /** Null where what is published stays on this machine. */
  readonly outbox: WandbOutbox | null;
  readonly client: MinerClient;
  /** What handing pieces to miners takes. */
  readonly giving: PassDeps;
  readonly head: () => BlockNumber;
}

/** Name of the workload that standings are kept for. */
export const workloadOf = ({ workloads }: Pick<ComposedValidator, "workloads">): string =>
  workloads.find(({ workload }) => workload.settlement !== undefined)?.workload.name ?? "";

/** Answers as a job hears them. */
export interface Heard {
  readonly miner: Hotkey;
  readonly isSuccess: boolean;
  readonly elapsedMs: number;
  readonly bytes: number;
  readonly status: { readonly code: number; readonly message: string };
}

/** Puts what a job asked into the log, where the next standing and any auditor find it. */
export async function recordTask(
  { validator }: JobParts,
  { task, block, timeoutMs }: Pick<TaskRecord, "task" | "block"> & { readonly timeoutMs: number },
  heard: readonly Heard[],
): Promise<TaskRecord> {
  const { identity, rules, record } = validator;
  const timeout_us = Math.round(timeoutMs * 1000);
  const body: TaskRecord = {
    task,
    block,
    timeout_us,
    answers: [...heard]
      .sort((a, b) => (a.miner < b.miner ? -1 : 1))
      .map(({ miner, isSuccess, elapsedMs, bytes }) => ({
        miner,
        is_success: isSuccess,
        elapsed_us: Math.min(timeout_us, Math.max(0, Math.round(elapsedMs * 1000))),
        bytes,
      })),
  };
  const { netuid, hotkey } = identity;
  const { id } = timesAt(block as BlockNumber, rules.plan);
  const about = { netuid, validator: hotkey, run_id: id, type: TASK };
  const document: Document = {
    kind: "document",
    v: 1,
    ...about,
    miner: null,
    body,
  };
  await record.append([document]);
  return body;
}
