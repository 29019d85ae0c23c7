import { hotkeyOf, toHex, toNetuid } from "@neurond/primitives";
import {
  answerDigest,
  challengeSeed,
  firstLink,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  responseHash,
  type VerdictCode,
  verdictDigest,
} from "../../src/index.ts";
import {
  answerSweep,
  type BadTag,
  type Grant,
  grantDigest,
  minerKey,
  type PeriodRecords,
  periodCommitment,
  periodSecret,
  proveBadTag,
  type SignedGrant,
  type SweepEvidence,
  type SweepRecord,
  type SweepTask,
  sweepChallengeOf,
  tagRoot,
  tagShard,
} from "../../src/sweep/index.ts";
import { dataNamed, heldShard, identNamed, MemoryShards } from "../test-data.ts";
import { MINER, VALIDATOR } from "../world.ts";

export const PERIOD = 9;
/** The beacon block of the sweeps, in the period. */
export const BEACON_BLOCK = 7200 * PERIOD + 100;

export type Held = Parameters<typeof answerSweep>[3];

/** A validator, a miner with a few tagged shards, and the sweeps of one period. */
export class SweepWorld {
  readonly parties = {
    netuid: toNetuid(1),
    validator: hotkeyOf(VALIDATOR.publicKey),
    miner: hotkeyOf(MINER.publicKey),
  };
  readonly period = { ...this.parties, period: PERIOD };
  readonly secret = periodSecret(identNamed("sweep master"), this.period);
  readonly key = minerKey(this.secret, this.parties.miner);
  readonly commitment = periodCommitment(this.period, this.secret);
  readonly shards;
  readonly tree: InventoryTree;
  readonly tags: readonly Uint8Array[];

  constructor(sizes: readonly number[] = [30_000, 12_289, 4_096, 12_288]) {
    this.shards = sizes
      .map((size, at) => heldShard(identNamed(`sw/${at}`), dataNamed(`sw/${at}`, size)))
      .sort((a, b) => Buffer.compare(a.entry.shardId, b.entry.shardId));
    this.tree = new InventoryTree(this.shards.map(({ entry }) => entry));
    this.tags = this.shards.map(({ sealed, entry }) => tagShard(sealed, entry, this.key));
  }

  get list(): readonly number[] {
    return this.shards.map((_, index) => index);
  }

  readonly held: Held = (index) => {
    const [shard, tags] = [this.shards[index], this.tags[index]];
    return shard && tags ? { sealed: shard.sealed, tags } : null;
  };

  task(slot = 1): SweepTask {
    const inventory = inventoryOf(this.parties, 3, this.tree);
    const block = BEACON_BLOCK;
    const beacon = { kind: 0, block, block_hash: toHex(identNamed("block")) } as const;
    const task: SweepTask = {
      mode: "sweep",
      ...this.parties,
      run: 3,
      slot,
      inventory: {
        count: inventory.count,
        total: inventory.total,
        hash: toHex(inventory.hash),
        signature: toHex(VALIDATOR.sign(inventoryDigest(inventory))),
      },
      beacon: { ...beacon, digest: toHex(new Uint8Array(32)) },
      prev_link: toHex(firstLink(this.parties)),
      deadline_ms: 5_000,
      budget_rows: 0,
      period_blocks: 7200,
      granted: [[0, this.tree.count]],
      commitment: toHex(this.commitment),
    };
    const { beacon: digest } = sweepChallengeOf(task);
    return { ...task, beacon: { ...beacon, digest: toHex(digest) } };
  }

  answer(task: SweepTask, held: Held = this.held): Uint8Array {
    const seed = challengeSeed(sweepChallengeOf(task));
    return answerSweep(seed, this.list, this.tree.entries, held);
  }

  evidence(task: SweepTask, answer: Uint8Array, verdict: VerdictCode): SweepEvidence {
    const challenge = challengeSeed(sweepChallengeOf(task));
    const response = responseHash(challenge, answer);
    const claim = { challenge, response, verdict, sentMs: 1_000, receivedMs: 1_500 };
    return {
      challenge_signature: toHex(VALIDATOR.sign(challenge)),
      answer: toHex(answer),
      answer_signature: toHex(MINER.sign(answerDigest(challenge, response))),
      sent_ms: 1_000,
      received_ms: 1_500,
      verdict,
      verdict_signature: toHex(VALIDATOR.sign(verdictDigest(claim))),
    };
  }

  holdings(granted: readonly number[] = this.list) {
    return { inventory: this.tree, granted };
  }

  record(held: Held = this.held, verdict: VerdictCode = 1): SweepRecord {
    const task = this.task();
    const evidence = this.evidence(task, this.answer(task, held), verdict);
    return { task, evidence, anchoredBlock: BEACON_BLOCK + 60, holdings: this.holdings() };
  }

  /** The log after an honest reveal. */
  records(...sweeps: readonly SweepRecord[]): PeriodRecords {
    return {
      period: this.period,
      now: 7200 * (PERIOD + 1) + 1_000,
      commitment: { value: this.commitment, anchoredBlock: 7200 * PERIOD - 5_000 },
      reveal: { secret: this.secret, block: 7200 * (PERIOD + 1) + 720 },
      burnedBlock: null,
      badTags: [],
      sweeps,
    };
  }

  grant(at: number, tags: Uint8Array | undefined = this.tags[at]): SignedGrant {
    const entry = this.tree.entries.at(at);
    if (entry === undefined || tags === undefined) throw new Error(`there is no shard ${at}`);
    const grant: Grant = {
      ...this.parties,
      ...entry,
      firstPeriod: PERIOD - 1,
      tagRoots: [identNamed("earlier"), tagRoot(tags)],
    };
    const digest = grantDigest(grant);
    return {
      grant,
      validatorSignature: VALIDATOR.sign(digest),
      minerSignature: MINER.sign(digest),
    };
  }

  proof(at: number, row: number, tags = this.tags[at]): Promise<BadTag> {
    if (tags === undefined) throw new Error(`there is no shard ${at}`);
    const { secret } = this;
    const suspect = { grant: this.grant(at, tags), period: PERIOD, secret, row, tags };
    return proveBadTag(suspect, new MemoryShards(this.shards));
  }
}
