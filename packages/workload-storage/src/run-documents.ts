import { type Hotkey, toHex } from "@neurond/primitives";
import { z } from "zod";
import type { Beacon } from "./beacon.ts";
import type { StorageCatalog } from "./catalog.ts";
import { bytesOf, field } from "./fields.ts";
import { MAX_TOTAL_LEAVES } from "./limits.ts";
import type { Parties } from "./parties.ts";
import { MAX_SAMPLES, SampleEvidence, SampleTask, seedOfTask } from "./task.ts";
import { firstLink, linkAfter, responseHash, type SlotResult } from "./transcript.ts";
import type { SamplePlan } from "./workload.ts";

/** Names of what a validator logs about a run before its beacon. */
export const DOCUMENT = {
  plan: "storage-plan/1",
  inventory: "storage-inventory/1",
  receipt: "storage-receipt/1",
} as const;

/**
 * What a run will ask, of all miners alike. `links` goes on from run to run, so that a miner that
 * held nothing for a while does not begin a second chain.
 */
export const PlanBody = z.strictObject({
  /** Index of the run. */
  run: field.u32,
  slots: field.u16,
  samples: z.int().min(1).max(MAX_SAMPLES),
  deadline_ms: z.int().min(1).max(600_000),
  beacon_kind: z.union([z.literal(0), z.literal(1)]),
  beacon_block: field.count,
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
  /** The entries one after the other, as `encodeEntries` writes them. */
  entries: field.hexUpTo(2 ** 32),
});
export type InventoryBody = z.infer<typeof InventoryBody>;

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

/** What a plan says about samples. */
export function samplePlanOf({ slots, samples, deadline_ms }: PlanBody): SamplePlan {
  return { slots, samples, deadlineMs: deadline_ms };
}

/** The catalog of a run as its documents have it: nothing but the record decides what is asked. */
export function catalogOf(documents: readonly StorageDocument[], beacon: Beacon): StorageCatalog {
  const holdings = new Map(
    documents.flatMap(({ type, miner, body }) => {
      const parsed = type === DOCUMENT.inventory ? Head.safeParse(body) : null;
      if (miner === null || !parsed?.success) return [];
      const { count, total, hash, signature, prev_link } = parsed.data;
      const inventory = { count, total, hash: bytesOf(hash) };
      const signed = bytesOf(signature);
      return [[miner, { inventory, signature: signed, prevLink: bytesOf(prev_link) }] as const];
    }),
  );
  return { beaconOf: () => beacon, holdingOf: (_run, miner) => holdings.get(miner) ?? null };
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
    const asked = SampleTask.safeParse(task);
    if (!asked.success) continue;
    const answered = SampleEvidence.safeParse(evidence);
    const challenge = seedOfTask(asked.data);
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
