import { createHash } from "node:crypto";
import type { Keypair } from "@neurond/crypto";
import { merkleRoot } from "@neurond/crypto";
import type { Json } from "@neurond/ledger";
import { type Hotkey, type Netuid, toHex } from "@neurond/primitives";
import {
  answerDigest,
  buildAnswer,
  DOCUMENT,
  type Entry,
  firstLink,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  LEAF_BYTES,
  responseHash,
  SampleTask,
  SHARD_HASHER,
  type ShardReader,
  samplePositions,
  seedOfTask,
  shardRoot,
} from "@neurond/workload-storage";
import { hotkeyFor } from "./people.ts";

/** What one miner keeps for one validator: a few shards of a few leaves, in memory. */
export interface Holding {
  readonly tree: InventoryTree;
  readonly reader: ShardReader;
}

/** Shards whose bytes follow from who keeps them for whom. */
export function holdingOf(validator: Hotkey, miner: Hotkey): Holding {
  const shards = Array.from({ length: 3 }, (_, at) =>
    bytesOf(`${validator} ${miner} ${at}`, 9_000 + at),
  );
  const entries = shards
    .map((bytes): Entry => ({ shardId: digest(bytes), root: shardRoot(bytes), size: bytes.length }))
    .sort((a, b) => Buffer.compare(a.shardId, b.shardId));
  const byId = new Map(shards.map((bytes) => [toHex(digest(bytes)), bytes]));
  const reader: ShardReader = {
    async readSample({ entry, leaves, ranges }) {
      const bytes = byId.get(toHex(entry.shardId)) ?? new Uint8Array();
      const leaf = (at: number) => bytes.subarray(at * LEAF_BYTES, (at + 1) * LEAF_BYTES);
      const hashOf = ({ from, to }: { from: number; to: number }) =>
        merkleRoot(
          SHARD_HASHER,
          Array.from({ length: to - from }, (_, at) => SHARD_HASHER.leaf(leaf(from + at))),
        );
      return { leaves: leaves.map(leaf), hashes: ranges.map(hashOf) };
    },
  };
  return { tree: new InventoryTree(entries), reader };
}

/** The inventory document's body, signed. */
export function inventoryBody(
  netuid: Netuid,
  validator: Keypair,
  miner: Hotkey,
  run: number,
): Json {
  const { tree } = holdingOf(hotkeyFor(validator), miner);
  const parties = { netuid, validator: hotkeyFor(validator), miner };
  const inventory = inventoryOf(parties, run, tree);
  return {
    run,
    count: inventory.count,
    total: inventory.total,
    hash: toHex(inventory.hash),
    signature: toHex(validator.sign(inventoryDigest(inventory))),
    prev_link: toHex(firstLink(parties)),
    oldest_block: 0,
    entries: toHex(tree.entries.bytes),
  };
}

export function planBody(run: number, beaconBlock: number): Json {
  const slots = [{ mode: "sample", samples: 4, deadline_ms: 10_000 }];
  return {
    run,
    slots,
    beacon_kind: 0,
    beacon_block: beaconBlock,
    block: beaconBlock - 1,
    links: [],
  };
}

/** What a probe of an honest miner brings back. */
export async function answerTo(value: unknown, validator: Keypair, miner: Keypair): Promise<Json> {
  const task = SampleTask.parse(value);
  const { tree, reader } = holdingOf(hotkeyFor(validator), hotkeyFor(miner));
  const seed = seedOfTask(task);
  const positions = samplePositions(seed, task.inventory.total, task.samples);
  const answer = await buildAnswer(tree, positions, reader);
  return {
    challenge_signature: toHex(validator.sign(seed)),
    answer: toHex(answer),
    answer_signature: toHex(miner.sign(answerDigest(seed, responseHash(seed, answer)))),
    sent_ms: 1_000,
    received_ms: 1_100,
  };
}

export const DOCUMENTS = DOCUMENT;

function digest(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}

function bytesOf(name: string, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    out.set(digest(Buffer.from(`${name} ${at}`)).subarray(0, Math.min(32, length - at)), at);
  }
  return out;
}
