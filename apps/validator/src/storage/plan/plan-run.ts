import { type Document, detachBodies, type Json } from "@neurond/ledger";
import { fromHex, type Hex, type Hotkey, type RunId, toHex } from "@neurond/primitives";
import type { HeldShard } from "@neurond/store";
import {
  DOCUMENT,
  EntryList,
  firstLink,
  type InventoryBody,
  InventoryTree,
  inventoryDigest,
  inventoryOf,
  type PlanBody,
  recordLinks,
  type SlotPlan,
} from "@neurond/workload-storage";
import type { AskableBody } from "@neurond/workload-storage/shard-slots";
import { rangesOf, rowsOf } from "@neurond/workload-storage/sweep";
import type { GrantStore } from "../../ports/grant-store.ts";
import type { ProofStore } from "../../ports/proof-store.ts";
import type { ShardCatalog } from "../../ports/shard-catalog.ts";
import type { Identity } from "../../validator.ts";
import type { PlannedRun } from "../../workload-entry.ts";
import { planAskable } from "./plan-askable.ts";
import { type PeriodDeps, planPeriods } from "./plan-periods.ts";
import { type BeforeDeps, readBefore } from "./read-before.ts";

/** What planning a storage run needs. */
export interface PlanDeps extends BeforeDeps {
  readonly catalog: ShardCatalog;
  readonly proofs: Pick<ProofStore, "committed" | "unused" | "find" | "drawn">;
  /** What every miner is asked, slot after slot. */
  readonly slots: readonly SlotPlan[];
  /** Null where nothing is swept. */
  readonly sweeps: (PeriodDeps & { readonly grants: GrantStore }) | null;
  readonly beaconKind: 0 | 1;
  readonly bodyRetentionMs: number;
  readonly now: () => number;
}

/**
 * The documents of a storage run: the plan with every miner's link, an inventory for each miner that
 * holds something, and the receipts that back what no inventory named before.
 */
export async function planStorageRun(
  deps: PlanDeps,
  run: PlannedRun,
): Promise<readonly Document[]> {
  const before = await readBefore(deps, run.times.index);
  const document = documentOf(deps.identity, run.times.id);
  const { sweeps } = deps;
  const periods = sweeps && (await planPeriods(sweeps, deps.identity, run, before.plan));
  const documents: Document[] = [];
  for (const { type, body } of periods?.documents ?? []) documents.push(document(type, null, body));
  for (const miner of run.miners) {
    const holding = { validator: run.validator, miner };
    const listed = before.listed.get(miner);
    // A receipt is logged once, and once more when another took its place.
    const isNew = ({ shardId, storedBlock, renewedBlock }: HeldShard) =>
      listed?.find(fromHex(shardId)) === undefined ||
      (renewedBlock ?? storedBlock) >= (before.plan?.block ?? 0);
    const { shards: held, receipts } = await deps.catalog.held(holding, run.block, isNew);
    if (held.length === 0) continue;
    const link = before.links.get(miner) ?? firstLink({ ...partiesOf(deps), miner });
    const runs = { run: run.times.index, logged: before.index };
    const grants = (await sweeps?.grants.toLog(holding, runs)) ?? [];
    const at = periods && { ...periods.at, loggedBy: run.times.index };
    const granted = at && sweeps && (await sweeps.grants.covering(holding, at));
    const body = { ...inventoryBody(deps, run, miner, held, link), ...grantedPart(held, granted) };
    const slots = { run: run.times.index, slots: deps.slots };
    const askable = await planAskable(deps.proofs, slots, holding, held);
    documents.push(document(DOCUMENT.inventory, miner, await apart(deps, body)));
    for (const each of askable) {
      documents.push(document(DOCUMENT.askable, miner, await apart(deps, each)));
    }
    for (const receipt of receipts.values()) {
      documents.push(document(DOCUMENT.receipt, miner, JSON.parse(receipt)));
    }
    for (const text of grants) {
      documents.push(document(DOCUMENT.grant, miner, JSON.parse(text)));
    }
  }
  const plan: PlanBody = {
    run: run.times.index,
    slots: [...deps.slots],
    ...(periods && { periods: periods.body }),
    beacon_kind: deps.beaconKind,
    beacon_block: run.times.beacon,
    block: run.block,
    links: recordLinks(before.links),
  };
  return [document(DOCUMENT.plan, null, plan), ...documents];
}

/** A body as the log has it; its long byte strings are kept apart. */
async function apart(
  { stores, bodyRetentionMs, now }: PlanDeps,
  body: InventoryBody | AskableBody,
): Promise<Json> {
  const { record, bodies } = detachBodies(body);
  await stores.bodies.put(bodies, now() + bodyRetentionMs);
  return record;
}

function inventoryBody(
  { identity }: PlanDeps,
  run: PlannedRun,
  miner: Hotkey,
  held: readonly HeldShard[],
  link: Uint8Array,
): InventoryBody {
  const entries = EntryList.of(
    held.map(({ shardId, root, sizeBytes }) => ({
      shardId: fromHex(shardId),
      root: fromHex(root),
      size: sizeBytes,
    })),
  );
  const parties = { netuid: run.netuid, validator: run.validator, miner };
  const inventory = inventoryOf(parties, run.times.index, new InventoryTree(entries));
  return {
    run: run.times.index,
    count: inventory.count,
    total: inventory.total,
    hash: toHex(inventory.hash),
    signature: toHex(identity.signer.sign(inventoryDigest(inventory))),
    prev_link: toHex(link),
    oldest_block: held.reduce<number>(
      (oldest, each) => Math.min(oldest, each.storedBlock),
      run.block,
    ),
    entries: toHex(entries.bytes),
  };
}

/** Which entries have tags for the run's period; nothing when none has. */
function grantedPart(
  held: readonly HeldShard[],
  granted: ReadonlySet<Hex> | null,
): Pick<InventoryBody, "granted"> {
  const indices = held.flatMap(({ shardId }, at) => (granted?.has(shardId) ? [at] : []));
  const rows = indices.map((at) => rowsOf(held[at]?.sizeBytes ?? 0));
  if (rows.length === 0) return {};
  const total = rows.reduce((sum, each) => sum + each, 0);
  const largest_rows = rows.reduce((most, each) => Math.max(most, each), 0);
  return { granted: { ranges: rangesOf(indices), rows: total, largest_rows } };
}

const partiesOf = ({ identity }: PlanDeps) => ({
  netuid: identity.netuid,
  validator: identity.hotkey,
});

const documentOf =
  ({ netuid, hotkey: validator }: Identity, run_id: RunId) =>
  (type: string, miner: Hotkey | null, body: Json): Document => ({
    kind: "document",
    v: 1,
    netuid,
    validator,
    run_id,
    type,
    miner,
    body,
  });
