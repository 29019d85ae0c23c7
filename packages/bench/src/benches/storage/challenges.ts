import { randomBytes } from "node:crypto";
import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toNetuid } from "@neurond/primitives";
import {
  buildAnswer,
  type Entries,
  type Entry,
  InventoryTree,
  receiptDigest,
  type ShardReader,
  samplePositions,
  verifyAnswer,
} from "@neurond/workload-storage";
import { nativeSha256, ShardHasher, type ShardStore } from "@neurond/workload-storage/io";
import { median } from "../../statistics.ts";

const MIB = 1_048_576;
const SAMPLES = 20;

/** Challenges over an inventory, one after the other. */
export class Challenges {
  readonly #tree: InventoryTree;
  readonly #shards: ShardReader;
  #turn = 0;

  constructor(entries: Entries, shards: ShardReader) {
    this.#tree = new InventoryTree(entries);
    this.#shards = shards;
  }

  async answerMs(): Promise<number> {
    return median(await this.#each(({ answeringMs }) => answeringMs));
  }

  async answerBytes(): Promise<number> {
    return Math.max(...(await this.#each(({ answer }) => answer.length)));
  }

  async verifyMs(): Promise<number> {
    const { count, total, hash } = this.#tree;
    return median(
      await this.#each(({ positions, answer }) => {
        const started = performance.now();
        const fault = verifyAnswer({ count, total, hash, positions, answer });
        if (fault !== null) throw new Error(`an honest answer came to ${fault}`);
        return performance.now() - started;
      }),
    );
  }

  async #each(figure: (answered: Answered) => number): Promise<number[]> {
    const figures: number[] = [];
    for (let n = 0; n < 25; n += 1) figures.push(figure(await this.#next()));
    return figures;
  }

  async #next(): Promise<Answered> {
    this.#turn += 1;
    const seed = nativeSha256(Buffer.from(`challenge ${this.#turn}`));
    const started = performance.now();
    const positions = samplePositions(seed, this.#tree.total, SAMPLES);
    const answer = await buildAnswer(this.#tree, positions, this.#shards);
    return { positions, answer, answeringMs: performance.now() - started };
  }
}

interface Answered {
  readonly positions: readonly number[];
  readonly answer: Uint8Array;
  readonly answeringMs: number;
}

/** Stores a shard of so many mebibytes of noise, each other than the one before. */
export async function storeShard(store: ShardStore, mebibytes: number): Promise<Entry> {
  const noise = randomBytes(MIB);
  async function* body() {
    for (let at = 0; at < mebibytes; at += 1) {
      noise.writeUInt32BE(at);
      yield noise;
    }
  }
  const hasher = new ShardHasher();
  for await (const chunk of body()) hasher.update(chunk);
  const { root, size } = hasher.finish();
  const [validator, miner] = [keypairFromUri("//Alice"), keypairFromUri("//Bob")];
  const receipt = {
    netuid: toNetuid(1),
    validator: hotkeyOf(validator.publicKey),
    miner: hotkeyOf(miner.publicKey),
    shardId: randomBytes(32),
    root,
    size,
    storedBlock: 1,
    expiresBlock: 1_000,
  };
  const digest = receiptDigest(receipt);
  const [validatorSignature, minerSignature] = [validator.sign(digest), miner.sign(digest)];
  await store.accept({ receipt, validatorSignature, minerSignature }, body());
  return receipt;
}
