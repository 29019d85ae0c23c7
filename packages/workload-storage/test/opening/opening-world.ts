import { pedersenSuite, type SuiteId } from "@neurond/crypto";
import { challengeSeed } from "../../src/index.ts";
import {
  blockBytes,
  blocksOf,
  makeOpeningTask,
  type OpeningStatement,
  OpeningTask,
  openedBlocks,
  openingChallengeOf,
  proveOpening,
  statementOfTask,
  VectorCommitter,
} from "../../src/opening/index.ts";
import { receiptIn, slotOf } from "../slots.ts";
import { identNamed } from "../test-data.ts";
import { BEACON, World } from "../world.ts";

export interface OpeningCase {
  readonly suite: SuiteId;
  readonly sectors: number;
  readonly size: number;
  readonly wanted: number;
  readonly hidden?: boolean;
  readonly run?: number;
  readonly slot?: number;
}

/** A shard whose blocks are committed to, the task that asks for some, and the honest proof. */
export class OpeningWorld {
  readonly task: OpeningTask;
  readonly seed: Uint8Array;
  readonly statement: OpeningStatement;
  readonly blocks: readonly Uint8Array[];
  readonly #blinding;

  private constructor(
    task: OpeningTask,
    seed: Uint8Array,
    blocks: readonly Uint8Array[],
    blinding: { key: Uint8Array; shardId: Uint8Array } | null,
  ) {
    const statement = statementOfTask(task, seed);
    if (statement === null) throw new Error("the task's commitments do not hold");
    this.task = task;
    this.seed = seed;
    this.statement = statement;
    this.blocks = blocks;
    this.#blinding = blinding;
  }

  static async make(options: OpeningCase): Promise<OpeningWorld> {
    const { suite: id, sectors, size, wanted, hidden = false, run = 7, slot = 3 } = options;
    const world = new World([size], run, BEACON);
    const [shard] = world.shards;
    if (shard === undefined) throw new Error("a world has a shard");
    const { entry, sealed } = shard;
    const suite = pedersenSuite(id);
    const blinding = hidden ? { key: identNamed("blind key"), shardId: entry.shardId } : null;
    const committer = new VectorCommitter({ suite, sectors, blinding });
    committer.update(sealed);
    const { commitments, root } = committer.finish();
    const task = await makeOpeningTask(
      { ...slotOf(world), slot },
      {
        receipt: receiptIn(world, { ...entry, vector: { suite: id, sectors, root } }),
        commitments,
        blocks: wanted,
      },
    );
    const challenge = openingChallengeOf(task);
    if (challenge === null) throw new Error("the receipt has a vector");
    const seed = challengeSeed(challenge);
    const positions = openedBlocks(seed, blocksOf(size, sectors), wanted);
    const length = blockBytes(sectors);
    const blocks = positions.map((at) => sealed.subarray(at * length, (at + 1) * length));
    return new OpeningWorld(OpeningTask.parse(task), seed, blocks, blinding);
  }

  prove(blocks = this.blocks, statement = this.statement): Uint8Array {
    const randomness = identNamed("prover randomness");
    return proveOpening(statement, { blocks, blinding: this.#blinding, randomness });
  }
}
