import { pedersenSuite } from "@neurond/crypto";
import { hotkeyOf, toHex } from "@neurond/primitives";
import { catalogOf, DOCUMENT, OPENING_SLOT, type StoragePlan, tokenSlot } from "../../src/index.ts";
import { VectorCommitter } from "../../src/opening/index.ts";
import {
  type Askable,
  askableBody,
  type DrawnShard,
  drawShards,
  taskOfShard,
} from "../../src/shard-slots/index.ts";
import { seedCommitOf } from "../../src/token/index.ts";
import { receiptIn } from "../slots.ts";
import { identNamed } from "../test-data.ts";
import { MINER, World } from "../world.ts";

/** A sample, an opening and a token. */
export const PLAN: StoragePlan = {
  slots: [
    { mode: "sample", samples: 1, deadline_ms: 1_000 },
    { ...OPENING_SLOT, sectors: 4, blocks: 2 },
    tokenSlot(3),
  ],
  period: null,
};
export const MINER_HOTKEY = hotkeyOf(MINER.publicKey);

/** A run whose miner has three shards that can be asked in both modes. */
export function askWorld(index = 7) {
  const world = new World([300, 900, 700], index);
  const shards = world.shards.map(({ entry, sealed }, at) => {
    const suite = pedersenSuite(2);
    const committer = new VectorCommitter({ suite, sectors: 4, blinding: null });
    committer.update(sealed);
    const { commitments, root } = committer.finish();
    const vector = { suite: 2, sectors: 4, root } as const;
    const tokens = { count: 3, root: identNamed(`tokens/${at}`) };
    const receipt = receiptIn(world, { ...entry, vector, tokens });
    const seedCommit = seedCommitOf(identNamed(`seed/${at}`));
    const lists: Record<Askable["mode"], Askable> = {
      opening: { mode: "opening", entry, vector },
      token: { mode: "token", entry, tokens, alg: 1, number: at + 1, seedCommit },
    };
    return { commitments, receipt, lists };
  });
  const list = (mode: Askable["mode"]) => shards.map(({ lists }) => lists[mode]);
  const document = (slot: number, mode: Askable["mode"]) => ({
    type: DOCUMENT.askable,
    miner: MINER_HOTKEY,
    body: askableBody({ run: index, slot }, mode, list(mode)),
  });
  const { inventory, signature, prevLink } = world.holding(index, MINER_HOTKEY);
  const body = {
    run: index,
    count: inventory.count,
    total: inventory.total,
    hash: toHex(inventory.hash),
    signature: toHex(signature),
    prev_link: toHex(prevLink),
    oldest_block: 1,
    entries: "0x",
  };
  const documents = [
    { type: DOCUMENT.inventory, miner: MINER_HOTKEY, body },
    document(1, "opening"),
    document(2, "token"),
  ];
  const catalog = catalogOf(documents, world.beacon);
  const drawn = drawShards(world.run, catalog, PLAN);
  const taskOf = (each: DrawnShard) => {
    const { receipt, commitments } = shards[each.index] ?? {};
    if (receipt === undefined || commitments === undefined) throw new Error("no such shard");
    return taskOfShard(each, list(each.plan.mode), { receipt, commitments });
  };
  return { world, documents, catalog, drawn, shards, list, taskOf };
}
