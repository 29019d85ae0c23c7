import { type Hotkey, toHex } from "@neurond/primitives";
import { z } from "zod";
import { StorageEvidence, StorageTask, seedOfAnyTask } from "./any-task.ts";
import type { Beacon } from "./beacon.ts";
import type { Holding, StorageCatalog } from "./catalog.ts";
import { bytesOf, field } from "./fields.ts";
import { MAX_TOTAL_LEAVES } from "./limits.ts";
import type { Parties } from "./parties.ts";
import { type AskableHead, askableHeadOf } from "./shard-slots/askable-document.ts";
import { SlotPlan, type StoragePlan } from "./slot-plan.ts";
import { IndexRanges } from "./sweep/index-ranges.ts";
import { periodBlocks } from "./sweep/task.ts";
import { firstLink, linkAfter, responseHash, type SlotResult } from "./transcript.ts";

/** Names of what a validator logs about a run before its beacon. */
export const DOCUMENT = {
  plan: "storage-plan/2",
  inventory: "storage-inventory/1",
  /** See `AskableBody`. */
  askable: "storage-askable/1",
  receipt: "storage-receipt/1",
  grant: "storage-grant/1",
  /** Shards of a miner that the owner of their file gave up before their time. */
  deletion: "storage-deletion/1",
  /** See `CommitmentRecord`, `RevealRecord` and `BurnedRecord`. */
  commitment: "storage-period/1",
  reveal: "storage-reveal/1",
  burned: "storage-burned/1",
  /** See `TimelockRecord`. */
  timelock: "storage-timelock/1",
} as const;

/**
 * Where a validator is with its periods. Commitments to periods from `first` up to `next` are in the
 * log with this plan, secrets of those before `revealed` too.
 */
export const PeriodsBody = z.strictObject({
  /** Blocks of a period. */
  blocks: periodBlocks,
  first: field.u32,
  next: field.u32,
  revealed: field.u32,
  /** To the secret of the beacon block's period; absent when none was made in time. */
  commitment: z.exactOptional(field.hash),
  /** Periods whose secrets got out before their time and are not revealed yet: nothing is swept in them. */
  burned: z.exactOptional(z.array(field.u32).max(256)),
  /** Where secrets are locked until they are due: the next period whose secret will be. */
  locked: z.exactOptional(field.u32),
});
export type PeriodsBody = z.infer<typeof PeriodsBody>;

/**
 * What a run will ask, of all miners alike. `links` goes on from run to run, so that a miner that
 * held nothing for a while does not begin a second chain.
 */
export const PlanBody = z.strictObject({
  /** Index of the run. */
  run: field.u32,
  /** A slot's number is its place here. */
  slots: z.array(SlotPlan).max(64),
  beacon_kind: z.union([z.literal(0), z.literal(1)]),
  beacon_block: field.count,
  /** The head at which inventories were drawn up. */
  block: field.count,
  /** Absent where nothing is swept. */
  periods: z.exactOptional(PeriodsBody),
  /** The link at the end of the run before, of every miner that was ever asked. */
  links: z.array(z.strictObject({ miner: field.hotkey, link: field.hash })),
});
export type PlanBody = z.infer<typeof PlanBody>;

/** What a miner holds in a run. The list itself is long and stands apart, by its hash. */
export const InventoryBody = z.strictObject({
  run: field.u32,
  count: field.u32.min(1),
  total: z.int().min(1).max(MAX_TOTAL_LEAVES),
  hash: field.hash,
  /** The validator's, over the inventory's digest. */
  signature: field.signature,
  prev_link: field.hash,
  /** The block at which the oldest of its shards was stored. */
  oldest_block: field.count,
  /** The entries with tags for the run's period: which, and how many rows they and the largest have. */
  granted: z.exactOptional(
    z.strictObject({
      ranges: IndexRanges,
      rows: field.count.min(1),
      largest_rows: field.count.min(1),
    }),
  ),
  /** The entries one after the other, as `EntryList` keeps them. */
  entries: field.hexUpTo(2 ** 32),
});
export type InventoryBody = z.infer<typeof InventoryBody>;

/** Body of a document about shards that are listed no longer, before their receipts are over. */
export const DeletionBody = z.strictObject({
  file_id: field.hash,
  shard_ids: z.array(field.hash).max(65_536),
});

/** All of an inventory but its list, which sampling does not need. */
const Head = z.object(InventoryBody.shape).omit({ entries: true });

/** A document, as far as it matters here. */
export interface StorageDocument {
  readonly type: string;
  readonly miner: Hotkey | null;
  readonly body: unknown;
}

/** The plan among the documents of a run; null when there is none. */
export function planOf(documents: readonly StorageDocument[]): PlanBody | null {
  const found = documents.find(({ type }) => type === DOCUMENT.plan);
  const parsed = PlanBody.safeParse(found?.body);
  return parsed.success ? parsed.data : null;
}

/** What a logged plan asks of miners. */
export function storagePlanOf({ slots, periods }: PlanBody): StoragePlan {
  if (periods?.commitment === undefined) return { slots, period: null };
  const { blocks, commitment, first } = periods;
  return { slots, period: { blocks, commitment, since: first * blocks } };
}

/** The catalog of a run as its documents have it: nothing but the record decides what is asked. */
export function catalogOf(documents: readonly StorageDocument[], beacon: Beacon): StorageCatalog {
  const askable = askableOf(documents);
  const holdings = new Map(
    documents.flatMap(({ type, miner, body }): (readonly [Hotkey, Holding])[] => {
      const parsed = type === DOCUMENT.inventory ? Head.safeParse(body) : null;
      if (miner === null || !parsed?.success) return [];
      const lists = askable.get(miner);
      return [[miner, { ...holdingOf(parsed.data), ...(lists && { askable: lists }) }]];
    }),
  );
  return { beaconOf: () => beacon, holdingOf: (_run, miner) => holdings.get(miner) ?? null };
}

/** What slots about one shard may ask about, by miner and slot; of two lists for one the first counts. */
function askableOf(
  documents: readonly StorageDocument[],
): ReadonlyMap<Hotkey, ReadonlyMap<number, AskableHead>> {
  const lists = new Map<Hotkey, Map<number, AskableHead>>();
  for (const { type, miner, body } of documents) {
    const head = type === DOCUMENT.askable ? askableHeadOf(body) : null;
    if (miner === null || head === null) continue;
    const own = lists.get(miner) ?? new Map<number, AskableHead>();
    if (!own.has(head.slot)) own.set(head.slot, head);
    lists.set(miner, own);
  }
  return lists;
}

function holdingOf(head: z.infer<typeof Head>): Holding {
  const { count, total, hash, signature, prev_link, oldest_block, granted } = head;
  const holding = {
    oldestBlock: oldest_block,
    inventory: { count, total, hash: bytesOf(hash) },
    signature: bytesOf(signature),
    prevLink: bytesOf(prev_link),
  };
  if (granted === undefined) return holding;
  const { ranges, rows, largest_rows: largest } = granted;
  return { ...holding, granted: { ranges, rows, largest } };
}

/** One recorded probe, with its long byte strings in their places. */
export interface RecordedProbe {
  readonly miner: Hotkey;
  readonly slot: number;
  readonly task: unknown;
  /** Null when no signed answer came. */
  readonly evidence: unknown;
}

/**
 * The links at the end of a run: what its plan brought, folded with what each miner answered, slots
 * in order. Of a slot recorded twice the later counts.
 */
export function linksAfter(
  plan: PlanBody | null,
  parties: Omit<Parties, "miner">,
  probes: readonly RecordedProbe[],
): ReadonlyMap<Hotkey, Uint8Array> {
  const links = new Map(plan?.links.map(({ miner, link }) => [miner, bytesOf(link)] as const));
  const slots = new Map<Hotkey, Map<number, SlotResult>>();
  for (const { miner, slot, task, evidence } of probes) {
    const asked = StorageTask.safeParse(task);
    const challenge = asked.success ? seedOfAnyTask(asked.data) : null;
    if (challenge === null) continue;
    const answered = StorageEvidence.safeParse(evidence);
    const response = answered.success
      ? responseHash(challenge, bytesOf(answered.data.answer))
      : null;
    const results = slots.get(miner) ?? new Map<number, SlotResult>();
    slots.set(miner, results.set(slot, { challenge, response }));
  }
  for (const [miner, results] of slots) {
    const before = links.get(miner) ?? firstLink({ ...parties, miner });
    const ordered = [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
    links.set(miner, linkAfter(before, ordered));
  }
  return links;
}

/** The links of a plan, as they are recorded: ascending by hotkey. */
export function recordLinks(links: ReadonlyMap<Hotkey, Uint8Array>): PlanBody["links"] {
  return [...links]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([miner, link]) => ({ miner, link: toHex(link) }));
}
