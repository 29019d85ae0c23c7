import { fromHex } from "@neurond/primitives";
import type { HeldShard, Holding } from "@neurond/store";
import { parseSignedReceipt, type Receipt, type SlotPlan } from "@neurond/workload-storage";
import { type Askable, type AskableBody, askableBody } from "@neurond/workload-storage/shard-slots";
import { decodeTokenLeaf } from "@neurond/workload-storage/token";
import type { ProofStore } from "../../ports/proof-store.ts";

/** What a miner's slots about one shard may ask about: a list for each that has any. */
export async function planAskable(
  proofs: Pick<ProofStore, "committed" | "unused">,
  { run, slots }: { readonly run: number; readonly slots: readonly SlotPlan[] },
  holding: Holding,
  held: readonly HeldShard[],
): Promise<readonly AskableBody[]> {
  const bodies: AskableBody[] = [];
  for (const [slot, plan] of slots.entries()) {
    if (plan.mode !== "opening" && plan.mode !== "token") continue;
    const list =
      plan.mode === "opening"
        ? await openable(proofs, plan, holding, held)
        : await withTokens(proofs, plan, holding, held);
    if (list.length > 0) bodies.push(askableBody({ run, slot }, plan.mode, list));
  }
  return bodies;
}

async function openable(
  proofs: Pick<ProofStore, "committed">,
  plan: Extract<SlotPlan, { mode: "opening" }>,
  holding: Holding,
  held: readonly HeldShard[],
): Promise<readonly Askable[]> {
  const committed = await proofs.committed(holding);
  return held.flatMap((shard): readonly Askable[] => {
    const text = committed.get(shard.shardId);
    const vector = text && receiptOf(text).vector;
    if (!vector) return [];
    if (vector.suite !== plan.suite || vector.sectors !== plan.sectors) return [];
    return [{ mode: "opening", entry: entryOf(shard), vector }];
  });
}

async function withTokens(
  proofs: Pick<ProofStore, "unused">,
  { alg }: Extract<SlotPlan, { mode: "token" }>,
  holding: Holding,
  held: readonly HeldShard[],
): Promise<readonly Askable[]> {
  const unused = await proofs.unused(holding, alg);
  const next = new Map(unused.map((token) => [token.shardId, token]));
  return held.flatMap((shard): readonly Askable[] => {
    const token = next.get(shard.shardId);
    const leaf = token && decodeTokenLeaf(token.leaf);
    if (token === undefined || !leaf) return [];
    const { tokens } = receiptOf(token.receipt);
    if (tokens === undefined) return [];
    const { seedCommit } = leaf;
    return [
      { mode: "token", entry: entryOf(shard), tokens, alg, number: token.number, seedCommit },
    ];
  });
}

/** The receipt beside what was made of the shard; a later one may promise it for longer. */
function receiptOf(text: string): Receipt {
  return parseSignedReceipt(JSON.parse(text)).receipt;
}

function entryOf({ shardId, root, sizeBytes: size }: HeldShard) {
  return { shardId: fromHex(shardId), root: fromHex(root), size };
}
