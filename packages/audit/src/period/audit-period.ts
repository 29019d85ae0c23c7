import type { Verify } from "@neurond/crypto";
import { attachBodies, type Observation } from "@neurond/ledger";
import { fromHex, type Hotkey, type Netuid, type RunId, toHex } from "@neurond/primitives";
import {
  auditInventory,
  type Entry,
  InventoryTree,
  isReceiptSigned,
  periodOf,
} from "@neurond/workload-storage";
import {
  auditSweepPeriod,
  type BadTagRecord,
  badTagOf,
  badTagsDue,
  type CommitmentRecord,
  checkReveal,
  grantedIndices,
  type IndexRanges,
  indicesOf,
  isGrantSigned,
  isPeriodSigned,
  isTimelockSigned,
  type Period,
  type PeriodAudit,
  periodOfSweep,
  rangesOf,
  revealDue,
  type SweepAudit,
  SweepEvidence,
  type SweepHoldings,
  type SweepRecord,
  SweepTask,
  type TimelockRecord,
  unlockSecret,
  verifyBadTag,
} from "@neurond/workload-storage/sweep";
import { indexOfRun } from "../run-times.ts";
import type { AnchorBlocks, LoggedInventory, Placed, StorageLog } from "./storage-log.ts";

/** A period of a validator that is over, and everything its log says. */
export interface PeriodFacts {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  readonly period: number;
  /** Blocks of the period. */
  readonly blocks: number;
  /** The last final block. */
  readonly now: number;
  readonly log: StorageLog;
  readonly anchors: AnchorBlocks;
  readonly bodyOf: (hash: string) => Uint8Array | undefined;
  /** Proofs of wrong tags that miners handed in, of whatever worth. */
  readonly badTags: readonly BadTagRecord[];
  /** The round that opens the period's locked secret; null or absent while it is not out. */
  readonly round?: OpeningRound | null;
}

/** A round of the chain's beacon, with the beacon's key. */
export interface OpeningRound {
  readonly beaconKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** A sweep judged again, with the place of its observation. */
export interface JudgedSweep {
  readonly index: number;
  readonly task: SweepTask;
  readonly runId: RunId;
  readonly audit: SweepAudit;
  /** Whether the task asks for exactly the entries that logged grants cover. */
  readonly isGranted: boolean;
}

/** What disagrees between an inventory and the receipts. */
export interface InventoryFault {
  readonly inventory: Placed<LoggedInventory>;
  readonly reason: "RECEIPT_MISSING" | "INVENTORY_OMITS";
  readonly shardId: string;
}

/** What a period comes to. */
export interface JudgedPeriod {
  readonly finding: PeriodAudit["finding"];
  readonly sweeps: readonly JudgedSweep[];
  readonly inventories: readonly InventoryFault[];
  /** The proofs that show a wrong tag. */
  readonly badTags: readonly BadTagRecord[];
  /** What the locked secret came to: null where none was locked, or its round is not out. */
  readonly unlocked: { readonly record: TimelockRecord; readonly isTrue: boolean } | null;
}

/** Judges a period again, from log and archive alone: neither data nor network are needed. */
export function judgePeriod(facts: PeriodFacts, verify: Verify): JudgedPeriod {
  const { log, anchors, now } = facts;
  const period = periodNamed(facts);
  const ofPeriod = (record: { readonly period: number; readonly blocks: number }) =>
    record.period === facts.period && record.blocks === facts.blocks;
  const commitment = log.commitments.find(
    ({ value }) =>
      ofPeriod(value) &&
      isPeriodSigned(
        { kind: "commitment", period, commitment: fromHex(value.commitment) },
        fromHex(value.signature),
        verify,
      ),
  );
  const reveal = log.reveals.find(({ value }) => ofPeriod(value));
  const burned = log.burned.find(({ value }) => ofPeriod(value));
  const found = sweepsOf(facts, verify);
  const anchoredBlock = commitment && anchors.blockOf(commitment.index);
  const shown = badTagsShown(facts, commitment?.value, verify);
  const opened = commitment === undefined ? null : unlockedOf(facts, commitment.value, verify);
  const { finding, sweeps } = auditSweepPeriod(
    {
      period,
      now,
      commitment:
        commitment === undefined
          ? null
          : { value: fromHex(commitment.value.commitment), anchoredBlock: anchoredBlock ?? now },
      reveal:
        reveal === undefined
          ? opened?.secret
            ? { secret: opened.secret, block: revealDue(facts.period, facts.blocks) }
            : null
          : { secret: fromHex(reveal.value.secret), block: anchors.blockOf(reveal.index) ?? now },
      burnedBlock: burned === undefined ? null : (anchors.blockOf(burned.index) ?? now),
      badTags: shown.map(({ proof }) => proof.grant.grant),
      sweeps: found.map(({ record }) => record),
    },
    { verifySignature: verify },
  );
  return {
    finding,
    sweeps: found.flatMap(({ index, runId, record, isGranted }, at): JudgedSweep[] => {
      const audit = sweeps[at];
      return audit === undefined ? [] : [{ index, runId, task: record.task, audit, isGranted }];
    }),
    inventories: inventoryFaults(facts, verify),
    badTags: shown.map(({ record }) => record),
    unlocked: opened && { record: opened.record, isTrue: opened.secret !== null },
  };
}

/** The secret that was locked before the period, once its round is out; it counts when it is the one committed to. */
function unlockedOf(facts: PeriodFacts, commitment: CommitmentRecord, verify: Verify) {
  const record = facts.log.timelocks.find(
    ({ value }) =>
      value.period === facts.period &&
      value.blocks === facts.blocks &&
      isTimelockSigned(value, verify),
  )?.value;
  const found = record && facts.round ? unlockSecret(record, facts.round) : null;
  if (record === undefined || found === null) return null;
  const isTrue =
    found.kind === "secret" &&
    checkReveal(periodNamed(facts), fromHex(commitment.commitment), found.secret) === null;
  return { record, secret: isTrue ? found.secret : null };
}

/** The period, as statements about it name it. */
export const periodNamed = ({ netuid, validator, period, blocks }: PeriodFacts): Period => ({
  netuid,
  validator,
  period,
  blocks,
});

/** Proofs that hold under the period's logged commitment, handed in while they are accepted. */
function badTagsShown(
  { validator, period, blocks, now, badTags }: PeriodFacts,
  commitment: CommitmentRecord | undefined,
  verify: Verify,
) {
  if (commitment === undefined || now > badTagsDue(period, blocks)) return [];
  return badTags.flatMap((record) => {
    const proof = badTagOf(record);
    const isOurs = proof.period === period && proof.grant.grant.validator === validator;
    const holds = isOurs && verifyBadTag(proof, fromHex(commitment.commitment), verify) === null;
    return holds ? [{ record, proof }] : [];
  });
}

interface FoundSweep {
  readonly index: number;
  readonly runId: RunId;
  readonly record: SweepRecord;
  readonly isGranted: boolean;
}

function sweepsOf(facts: PeriodFacts, verify: Verify): readonly FoundSweep[] {
  const { log, anchors, bodyOf } = facts;
  const signed = log.grants.filter(({ value }) => isGrantSigned(value, verify));
  const treeOf = treesOf(log);
  return log.observations.flatMap(({ index, value: observation }): FoundSweep[] => {
    const asked = attachBodies(observation.task, bodyOf);
    const task = asked.ok ? SweepTask.safeParse(asked.value).data : undefined;
    if (task === undefined || observation.miner !== task.miner) return [];
    const { period } = periodOfSweep(task);
    if (period !== facts.period || task.period_blocks !== facts.blocks) return [];
    const answered = attachBodies(observation.evidence, bodyOf);
    const evidence = answered.ok ? SweepEvidence.safeParse(answered.value).data : undefined;
    // An answer that nobody serves any more is not judged; that it is gone was found in its run.
    if (evidence === undefined && observation.evidence !== null) return [];
    const tree = treeOf(observation);
    const before = signed.filter((grant) => grant.index < index).map(({ value }) => value.grant);
    const own = before.filter(({ miner }) => miner === task.miner);
    const due = tree === null ? null : rangesOf(grantedIndices(tree.entries, own, period));
    const record: SweepRecord = {
      task,
      evidence: evidence ?? null,
      anchoredBlock: anchors.blockOf(index),
      holdings: holdingsOf(tree, task.granted),
    };
    const isGranted = due === null || JSON.stringify(due) === JSON.stringify(task.granted);
    return [{ index, runId: observation.run_id, record, isGranted }];
  });
}

/** The inventories that observations are about; all sweeps of a miner in a run share one tree. */
function treesOf({ inventories }: StorageLog) {
  const trees = new Map<LoggedInventory, InventoryTree>();
  return ({ run_id, miner }: Pick<Observation, "run_id" | "miner">): InventoryTree | null => {
    const found = inventories.find(({ value }) => value.runId === run_id && value.miner === miner);
    if (found === undefined || found.value.entries === null) return null;
    const tree = trees.get(found.value) ?? new InventoryTree(found.value.entries);
    trees.set(found.value, tree);
    return tree;
  };
}

function holdingsOf(inventory: InventoryTree | null, ranges: IndexRanges): SweepHoldings | null {
  const granted = inventory && indicesOf(ranges, inventory.entries.length);
  return inventory === null || granted === null ? null : { inventory, granted };
}

/** Inventories of the period against receipts: those logged before each, and since for what it lists. */
function inventoryFaults(facts: PeriodFacts, verify: Verify): readonly InventoryFault[] {
  const { netuid, validator, log } = facts;
  const plans = new Map(
    log.plans
      .filter(({ value }) => periodOf(value.body.beacon_block, facts.blocks) === facts.period)
      .map(({ value }) => [value.runId, value.body] as const),
  );
  return log.inventories.flatMap((inventory): readonly InventoryFault[] => {
    const { runId, miner, entries } = inventory.value;
    const plan = plans.get(runId);
    if (plan === undefined || entries === null) return [];
    const receipts = log.receipts.filter(({ value }) => value.receipt.miner === miner);
    const before = receipts.filter(({ index }) => index < inventory.index);
    const known = new Set(before.map(({ value }) => toHex(value.receipt.shardId)));
    const record = {
      netuid,
      validator,
      miner,
      entries,
      receipts: receipts.map(({ value }) => value),
      deleted: log.deleted
        .filter(({ value }) => isNotAfter(value.runId, runId))
        .map(({ value }) => fromHex(value.shardId)),
      block: plan.block,
    };
    // A receipt that is over, or was renewed since, still shows that the miner took the shard.
    const backed = new Set(
      record.receipts.filter((each) => isReceiptSigned(each, verify)).map(textOfShard),
    );
    return auditInventory(record, verify).flatMap(({ reason, shardId }) => {
      const id = toHex(shardId);
      const entry = entries.find(shardId);
      const isExcused =
        reason === "RECEIPT_MISSING"
          ? entry !== undefined && backed.has(textOfShard({ receipt: entry }))
          : // A shard may have been on its way to the miner while the inventory was drawn up.
            !known.has(id);
      return isExcused ? [] : [{ inventory, reason, shardId: id }];
    });
  });
}

const textOfShard = ({ receipt }: { readonly receipt: Entry }): string =>
  `${toHex(receipt.shardId)} ${toHex(receipt.root)} ${receipt.size}`;

/** Deletions are logged soon after they happen, so perhaps in the run after. */
function isNotAfter(runId: RunId, other: RunId): boolean {
  const [a, b] = [indexOfRun(runId), indexOfRun(other)];
  return a !== null && b !== null && a <= b + 1;
}
