import { keypairFromUri } from "@neurond/crypto";
import { hotkeyOf, toBlockNumber, toHex, toNetuid, toRunId } from "@neurond/primitives";
import type { Run } from "@neurond/workload";
import {
  answerDigest,
  type Beacon,
  beaconDigest,
  beaconInputs,
  buildAnswer,
  firstLink,
  type Holding,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  responseHash,
  type SampleEvidence,
  SampleTask,
  type StorageCatalog,
  samplePositions,
  seedOfTask,
  storageWorkload,
} from "../src/index.ts";
import { dataNamed, heldShard, identNamed, MemoryShards } from "./test-data.ts";

export const VALIDATOR = keypairFromUri("//Alice");
export const MINER = keypairFromUri("//Bob");
export const OTHER_MINER = keypairFromUri("//Charlie");
export const MINERS = [MINER, OTHER_MINER].map(({ publicKey }) => hotkeyOf(publicKey)).sort();

export const BEACON: Beacon = { kind: 0, block: 750, blockHash: identNamed("block") };

/** So many slots of mode `sample`. */
export interface SamplePlan {
  readonly slots: number;
  readonly samples: number;
  readonly deadlineMs: number;
}

/** A run of one validator, two miners and a few shards, as the validator sees it. */
export class World {
  readonly shards;
  readonly tree;
  readonly beacon;
  readonly run: Run;
  readonly catalog: StorageCatalog;

  constructor(sizes: readonly number[], index = 7, beacon: Beacon = BEACON) {
    this.shards = sizes
      .map((size, at) => heldShard(identNamed(`shard/${at}`), dataNamed(`world/${at}`, size)))
      .sort((a, b) => Buffer.compare(a.entry.shardId, b.entry.shardId));
    this.tree = new InventoryTree(this.shards.map(({ entry }) => entry));
    this.beacon = beacon;
    this.run = {
      id: toRunId(`run-${index}`),
      index,
      netuid: toNetuid(1),
      validator: hotkeyOf(VALIDATOR.publicKey),
      start: toBlockNumber(index * 100),
      seed: beaconDigest(beaconInputs(beacon)),
      miners: MINERS,
    };
    this.catalog = {
      beaconOf: () => beacon,
      holdingOf: (run, miner) => this.holding(run.index, miner),
    };
  }

  holding(run: number, miner: (typeof MINERS)[number]): Holding {
    const parties = { netuid: this.run.netuid, validator: this.run.validator, miner };
    const inventory = inventoryOf(parties, run, this.tree);
    const signature = VALIDATOR.sign(inventoryDigest(inventory));
    return { inventory, signature, prevLink: firstLink(parties), oldestBlock: 0 };
  }

  workload(plan?: SamplePlan) {
    if (plan === undefined) return storageWorkload({ catalog: this.catalog });
    const slot = { mode: "sample", samples: plan.samples, deadline_ms: plan.deadlineMs } as const;
    const slots = Array.from({ length: plan.slots }, () => slot);
    return storageWorkload({ catalog: this.catalog, plan: { slots, period: null } });
  }

  /** The first task of the miner. */
  task(plan?: SamplePlan): SampleTask {
    const miner = hotkeyOf(MINER.publicKey);
    const found = this.workload(plan)
      .sample(this.run)
      .find(({ hotkey }) => hotkey === miner);
    if (found === undefined) throw new Error("the miner has no task");
    return SampleTask.parse(found.task);
  }

  async answer(task: SampleTask): Promise<Uint8Array> {
    const positions = samplePositions(seedOfTask(task), this.tree.total, task.samples);
    return buildAnswer(this.tree, positions, new MemoryShards(this.shards));
  }

  /** Evidence with an answer its miner signed, whatever it is worth. */
  evidence(task: SampleTask, answer: Uint8Array): SampleEvidence {
    const seed = seedOfTask(task);
    return {
      challenge_signature: toHex(VALIDATOR.sign(seed)),
      answer: toHex(answer),
      answer_signature: toHex(MINER.sign(answerDigest(seed, responseHash(seed, answer)))),
      sent_ms: 1_000,
      received_ms: 1_500,
    };
  }

  async honestEvidence(task: SampleTask): Promise<SampleEvidence> {
    return this.evidence(task, await this.answer(task));
  }
}
