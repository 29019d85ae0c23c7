import { pedersenSuite } from "@neurond/crypto";
import type { Json } from "@neurond/ledger";
import { fromHex, toHex } from "@neurond/primitives";
import type { Assignment } from "@neurond/workload";
import {
  DOCUMENT,
  SignedReceiptRecord,
  type StorageDocument,
  type StorageTask,
} from "@neurond/workload-storage";
import {
  type Askable,
  AskableBody,
  type DrawnShard,
  decodeAskables,
  taskOfShard,
} from "@neurond/workload-storage/shard-slots";
import type { BodyStore } from "../../ports/body-store.ts";
import type { ProofStore } from "../../ports/proof-store.ts";
import { attached } from "./attached.ts";

/** What making tasks of drawn shards needs. */
export interface ShardTaskDeps {
  readonly proofs: Pick<ProofStore, "find" | "drawn">;
  readonly bodies: BodyStore;
}

/** A document as the journal has it, long byte strings by their hashes. */
type LoggedDocument = StorageDocument & { readonly body: Json };

/**
 * The tasks of the shards that a run drew. A token counts as used from here on, put or not. What the
 * list, or what was made of the shard, is gone for has no task: the record then shows the gap.
 */
export async function shardTasks(
  { proofs, bodies }: ShardTaskDeps,
  drawn: readonly DrawnShard[],
  documents: readonly LoggedDocument[],
): Promise<readonly Assignment<StorageTask>[]> {
  const assignments: Assignment<StorageTask>[] = [];
  for (const shard of drawn) {
    const { miner: hotkey, slot, validator } = shard.common;
    const list = await listOf(bodies, shard, documents);
    const asked = list?.[shard.index];
    if (list === null || asked === undefined) continue;
    const shardId = toHex(asked.entry.shardId);
    if (asked.mode === "token") await proofs.drawn(shardId, validator, asked.number);
    const kept = await proofs.find(shardId, validator);
    if (kept === null) continue;
    const commitments =
      asked.mode === "opening" && kept.commitments !== null
        ? pointsOf(kept.commitments, pedersenSuite(asked.vector.suite).pointBytes)
        : null;
    const receipt = SignedReceiptRecord.parse(JSON.parse(kept.receipt));
    const task = await taskOfShard(shard, list, { receipt, commitments });
    if (task !== null) assignments.push({ hotkey, slot, task });
  }
  return assignments;
}

async function listOf(
  bodies: BodyStore,
  { plan, common }: DrawnShard,
  documents: readonly LoggedDocument[],
): Promise<readonly Askable[] | null> {
  for (const { type, miner, body } of documents) {
    if (type !== DOCUMENT.askable || miner !== common.miner) continue;
    const parsed = AskableBody.safeParse(await attached(bodies, body));
    if (!parsed.success || parsed.data.slot !== common.slot) continue;
    return decodeAskables(plan.mode, fromHex(parsed.data.shards));
  }
  return null;
}

function pointsOf(bytes: Uint8Array, length: number): readonly Uint8Array[] {
  return Array.from({ length: bytes.length / length }, (_, at) =>
    bytes.subarray(at * length, (at + 1) * length),
  );
}
