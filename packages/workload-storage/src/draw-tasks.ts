import { type Hex, type Hotkey, toHex } from "@neurond/primitives";
import type { Assignment, Run } from "@neurond/workload";
import type { StorageTask } from "./any-task.ts";
import type { Holding, StorageCatalog } from "./catalog.ts";
import { MODE } from "./challenge.ts";
import { pickIndex } from "./pick.ts";
import type { DrawnShard } from "./shard-slots/drawn-shard.ts";
import { type SlotPlan, type StoragePlan, sweepTerms } from "./slot-plan.ts";
import { challengeOfSlot, type SlotTask } from "./task.ts";

/** Periods in which a miner could have taken tags, after which bytes without any do not count. */
const GRACE_PERIODS = 2;

/** A task that is drawn whole, or the place of the shard that one will be about. */
type Drawn =
  | { readonly kind: "task"; readonly assignment: Assignment<StorageTask> }
  | { readonly kind: "shard"; readonly shard: DrawnShard };

/**
 * The tasks of a run, from what was anchored before its beacon. Where there are sweeps, only bytes
 * with tags count as stored: a miner that took none for two periods is asked nothing, so that refusing
 * tags gains nothing. Slots about one shard have theirs from `drawShards`: who knows its commitments or
 * tokens makes the task.
 */
export function drawTasks(
  run: Run,
  catalog: StorageCatalog,
  plan: StoragePlan,
): readonly Assignment<StorageTask>[] {
  return draw(run, catalog, plan).flatMap((each) =>
    each.kind === "task" ? [each.assignment] : [],
  );
}

/** The shards that the slots of a run ask about, in modes `opening` and `token`. */
export function drawShards(
  run: Run,
  catalog: StorageCatalog,
  plan: StoragePlan,
): readonly DrawnShard[] {
  return draw(run, catalog, plan).flatMap((each) => (each.kind === "shard" ? [each.shard] : []));
}

function draw(run: Run, catalog: StorageCatalog, plan: StoragePlan): readonly Drawn[] {
  const { block } = catalog.beaconOf(run);
  return run.miners.flatMap((miner) => {
    const holding = catalog.holdingOf(run, miner);
    if (holding === null || holding.inventory.count === 0) return [];
    if (hasRefusedTags(holding, plan, block)) return [];
    const common = commonPart(run, miner, holding, catalog);
    return plan.slots.flatMap((slot, at): readonly Drawn[] => {
      const own = { ...common, slot: at };
      if (slot.mode === "opening" || slot.mode === "token") {
        const shard = shardOf(slot, own, holding);
        return shard === null ? [] : [{ kind: "shard", shard }];
      }
      const task = taskOf(slot, own, holding, plan);
      if (task === null) return [];
      return [{ kind: "task", assignment: { hotkey: miner, slot: at, task } }];
    });
  });
}

function hasRefusedTags(
  { granted, oldestBlock }: Holding,
  { slots, period }: StoragePlan,
  block: number,
): boolean {
  if (granted !== undefined || period === null) return false;
  const could = Math.max(oldestBlock, period.since) + GRACE_PERIODS * period.blocks;
  return slots.some(({ mode }) => mode === "sweep") && block >= could;
}

/** Null when no shard of the miner could be asked about. */
function shardOf(
  plan: DrawnShard["plan"],
  common: DrawnShard["common"],
  { askable }: Holding,
): DrawnShard | null {
  const list = askable?.get(common.slot);
  if (list === undefined) return null;
  const nothing = { mode: MODE[plan.mode], params: new Uint8Array() };
  // Nothing is asked yet: which shard it will be takes no deadline.
  const pick = challengeOfSlot({ ...common, deadline_ms: plan.deadline_ms }, nothing);
  return { plan, common, list, index: pickIndex(pick, list.count) };
}

/** Null when the miner has nothing that the mode could be asked about. */
function taskOf(
  slot: Exclude<SlotPlan, DrawnShard["plan"]>,
  common: Omit<SlotTask, "deadline_ms">,
  { granted }: Holding,
  { period }: StoragePlan,
): StorageTask | null {
  switch (slot.mode) {
    case "sample":
      return { ...common, samples: slot.samples, deadline_ms: slot.deadline_ms };
    case "sweep": {
      if (granted === undefined || period === null) return null;
      const { budgetRows, deadlineMs } = sweepTerms(slot, granted);
      return {
        mode: "sweep",
        ...common,
        budget_rows: budgetRows,
        period_blocks: period.blocks,
        granted: granted.ranges,
        commitment: period.commitment as Hex,
        deadline_ms: deadlineMs,
      };
    }
  }
}

function commonPart(
  run: Run,
  miner: Hotkey,
  { inventory, signature, prevLink }: Holding,
  catalog: StorageCatalog,
): Omit<SlotTask, "slot" | "deadline_ms"> {
  return {
    netuid: run.netuid,
    validator: run.validator,
    miner,
    run: run.index,
    inventory: {
      count: inventory.count,
      total: inventory.total,
      hash: toHex(inventory.hash),
      signature: toHex(signature),
    },
    beacon: recordedBeacon(run, catalog),
    prev_link: toHex(prevLink),
  };
}

function recordedBeacon(run: Run, catalog: StorageCatalog): SlotTask["beacon"] {
  const beacon = catalog.beaconOf(run);
  const { block } = beacon;
  const common = { digest: toHex(run.seed), block, block_hash: toHex(beacon.blockHash) };
  if (beacon.kind === 0) return { kind: 0, ...common };
  const { blockSeconds, round, signature } = beacon;
  return {
    kind: 1,
    ...common,
    block_seconds: blockSeconds,
    round,
    signature: toHex(signature),
  };
}
