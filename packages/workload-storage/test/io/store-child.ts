import { writeSync } from "node:fs";
import { ShardStore } from "../../io/shard-store.ts";
import { bytesOfShard, NAMES, nextOperation, signedShard } from "./store-operations.ts";

/** Does operations on a store until it is killed; says each before and after. */
const [directory = "", seed = "0"] = process.argv.slice(2);
const store = await ShardStore.open({ directory, reserveBytes: 0 });
const say = (text: string) => writeSync(1, `${text}\n`);
const random = nextOperation(Number(seed));
say("open");
for (;;) {
  const { kind, at, block } = random();
  const line = `${kind} ${at} ${block}`;
  say(`try ${line}`);
  const name = NAMES[at] ?? NAMES[0];
  if (kind === "accept") {
    const signed = signedShard(at, block);
    const known = store.receiptOf(name);
    // What a miner refuses at the door: a receipt that promises less than it has promised.
    if (known !== undefined && known.receipt.expiresBlock > signed.receipt.expiresBlock) {
      say(`ok nothing ${at} ${block}`);
      continue;
    }
    await store.accept(signed, bytesOfShard(at));
  } else if (kind === "delete") await store.delete(name);
  else await store.collect(block, 10);
  say(`ok ${line}`);
}
