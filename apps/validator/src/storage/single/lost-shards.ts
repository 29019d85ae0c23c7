import type { Observation } from "@neurond/ledger";
import { OpeningTask } from "@neurond/workload-storage/opening";
import { TokenTask } from "@neurond/workload-storage/token";
import type { Stores } from "../../validator.ts";
import { type Conceded, concededIn } from "../sweep/conceded.ts";

/** A shard of which a miner's own signed answer shows that it is not there as it was stored. */
export interface ShownLost extends Conceded {
  readonly how: "conceded" | "not proved";
}

/**
 * The shards that a failed observation shows to be lost: those conceded in a sweep, and the one that an
 * opening or a token was about. What a sample or another sweep failed by, nobody can say.
 */
export async function lostIn(
  stores: Pick<Stores, "journal" | "bodies">,
  observation: Pick<Observation, "task" | "evidence" | "outcome" | "received_ms">,
): Promise<readonly ShownLost[]> {
  const { task, outcome, received_ms: atMs } = observation;
  if (outcome.kind !== "failed") return [];
  const asked = OpeningTask.safeParse(task).data ?? TokenTask.safeParse(task).data;
  if (asked === undefined) {
    const conceded = await concededIn(stores, observation);
    return conceded.map((shard) => ({ ...shard, how: "conceded" }));
  }
  const shardId = asked.receipt.receipt.shard_id;
  return atMs === null ? [] : [{ shardId, atMs, how: "not proved" }];
}
