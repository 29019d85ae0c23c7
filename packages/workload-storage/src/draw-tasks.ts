import { type Hex, type Hotkey, toHex } from "@neurond/primitives";
import type { Assignment, Run } from "@neurond/workload";
import type { StorageTask } from "./any-task.ts";
import type { Holding, StorageCatalog } from "./catalog.ts";
import { type SlotPlan, type StoragePlan, sweepTerms } from "./slot-plan.ts";
import type { SlotTask } from "./task.ts";

/** Periods in which a miner could have taken tags, after which bytes without any do not count. */
const GRACE_PERIODS = 2;

/**
 * The tasks of a run, from what was anchored before its beacon. Where there are sweeps, only bytes
 * with tags count as stored: a miner that took none for two periods is asked nothing, so that refusing
 * tags gains nothing.
 */
export function drawTasks(
  run: Run,
  catalog: StorageCatalog,
  plan: StoragePlan,
): readonly Assignment<StorageTask>[] {
  const { block } = catalog.beaconOf(run);
  return run.miners.flatMap((miner) => {
    const holding = catalog.holdingOf(run, miner);
    if (holding === null || holding.inventory.count === 0) return [];
    if (hasRefusedTags(holding, plan, block)) return [];
    const common = commonPart(run, miner, holding, catalog);
    return plan.slots.flatMap((slot, at) => {
      const task = taskOf(slot, { ...common, slot: at }, holding, plan);
      return task === null ? [] : [{ hotkey: miner, slot: at, task }];
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

/** Null when the miner has nothing that the mode could be asked about. */
function taskOf(
  slot: SlotPlan,
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
