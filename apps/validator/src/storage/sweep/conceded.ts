import type { Observation } from "@neurond/ledger";
import { fromHex, type Hex, toHex } from "@neurond/primitives";
import { decodeSweepAnswer, SweepEvidence, SweepTask } from "@neurond/workload-storage/sweep";
import type { Stores } from "../../validator.ts";
import { attached } from "../plan/attached.ts";
import { listSwept } from "../plan/list-swept.ts";

/** A shard that its own miner says it has no more. */
export interface Conceded {
  readonly shardId: Hex;
  /** When the miner's word came. */
  readonly atMs: number;
}

/** The shards that a miner conceded in a recorded sweep; none where it was asked something else. */
export async function concededIn(
  stores: Pick<Stores, "journal" | "bodies">,
  { task: given, evidence: recorded }: Pick<Observation, "task" | "evidence">,
): Promise<readonly Conceded[]> {
  const task = SweepTask.safeParse(given);
  if (!task.success) return [];
  const evidence = SweepEvidence.safeParse(await attached(stores.bodies, recorded));
  const swept = evidence.success ? await listSwept(stores, task.data) : null;
  if (!evidence.success || swept === null) return [];
  const answer = decodeSweepAnswer(fromHex(evidence.data.answer as Hex), swept.list);
  if (typeof answer === "string") return [];
  return answer.absent.flatMap((index) => {
    const entry = swept.entries.at(index);
    if (entry === undefined) return [];
    return [{ shardId: toHex(entry.shardId), atMs: evidence.data.received_ms }];
  });
}
