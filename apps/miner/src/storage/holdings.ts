import type { Hotkey } from "@neurond/primitives";
import {
  freeBytesAt,
  type ShardStore,
  shardNameOf,
  type TagStore,
} from "@neurond/workload-storage/io";
import { z } from "zod";

const count = z.int().min(0);

/** What a miner holds, in sums. */
export const StatsShape = z.strictObject({
  shards: count,
  bytes: count,
  lost: count.describe("Shards that were signed for and are no longer here whole"),
  quota_bytes: count,
  free_bytes: count.describe("Free on the disk of storage.directory"),
  tags: z.strictObject({ grants: count, bytes: count }),
  validators: z.array(
    z.strictObject({ hotkey: z.string(), shards: count, bytes: count, grants: count }),
  ),
  expiry: z
    .array(z.strictObject({ to_block: count.nullable(), shards: count }))
    .describe("Receipts that end before a block, and not before the one above; null: later"),
});
export type Stats = z.infer<typeof StatsShape>;

/** One shard of an inventory. */
export const HeldShape = z.strictObject({
  shard_id: z.string(),
  validator: z.string(),
  size: count,
  stored_block: count,
  expires_block: count,
  lost: z.boolean(),
  tags: z.array(z.strictObject({ first_period: count, periods: count })),
});
export type Held = z.infer<typeof HeldShape>;

/** Where sums come from. */
export interface HoldingsSource {
  readonly shards: ShardStore;
  readonly tags: TagStore;
  readonly directory: string;
  readonly quotaBytes: number;
  readonly block: () => number;
}

/** Ends of the classes of the histogram, in blocks from now: over, an hour, a day, a week, a month. */
const CLASSES = [0, 300, 7_200, 50_400, 216_000] as const;

/** Sums over everything that is held. */
export async function statsOf(source: HoldingsSource): Promise<Stats> {
  const { shards, tags, directory, quotaBytes, block } = source;
  const grants = new Map<Hotkey, number>();
  const all = tags.list();
  for (const { grant } of all) grants.set(grant.validator, (grants.get(grant.validator) ?? 0) + 1);
  const validators = [...shards.byValidator]
    .map(([hotkey, held]) => ({ hotkey, ...held, grants: grants.get(hotkey) ?? 0 }))
    .sort((a, b) => b.bytes - a.bytes);
  return {
    shards: validators.reduce((sum, { shards: held }) => sum + held, 0),
    bytes: shards.usedBytes,
    lost: shards.lost.size,
    quota_bytes: quotaBytes,
    free_bytes: await freeBytesAt(directory),
    tags: { grants: all.length, bytes: tags.usedBytes },
    validators,
    expiry: histogram(shards.ends(), block()),
  };
}

/** Shards in the order of their ids, from after one on. */
export function inventoryOf(
  { shards, tags }: Pick<HoldingsSource, "shards" | "tags">,
  { after, limit }: { readonly after: string; readonly limit: number },
): readonly Held[] {
  const page = shards
    .promised()
    .map(({ receipt }) => ({ name: shardNameOf(receipt.shardId), receipt }))
    .filter(({ name }) => name > after)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, limit);
  return page.map(({ name, receipt }) => ({
    shard_id: name,
    validator: receipt.validator,
    size: receipt.size,
    stored_block: receipt.storedBlock,
    expires_block: receipt.expiresBlock,
    lost: shards.lost.has(name),
    tags: tags.of(name).map(({ grant }) => ({
      first_period: grant.firstPeriod,
      periods: grant.tagRoots.length,
    })),
  }));
}

function histogram(
  ends: Iterable<readonly [block: number, shards: number]>,
  now: number,
): Stats["expiry"] {
  const classes = [...CLASSES.map((from) => now + from), Number.POSITIVE_INFINITY];
  const counts = classes.map(() => 0);
  for (const [end, held] of ends) {
    const at = classes.findIndex((to) => end < to);
    counts[at] = (counts[at] ?? 0) + held;
  }
  return classes.map((to, at) => ({
    to_block: Number.isFinite(to) ? to : null,
    shards: counts[at] ?? 0,
  }));
}
