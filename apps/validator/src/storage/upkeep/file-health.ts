import type { Hex } from "@neurond/primitives";
import type { LossReason } from "@neurond/store";
import { type Manifest, shardsOf } from "@neurond/workload-storage/file";

/** A shard that does not count, and why; "missing" when no miner ever took it. */
export interface CountedOut {
  readonly i: number;
  readonly reason: LossReason | "missing";
}

/** How a segment stands. */
export interface SegmentHealth {
  readonly segment: number;
  /** Shards that count, of n; any k restore it. */
  readonly live: number;
  readonly k: number;
  readonly n: number;
  readonly lost: readonly CountedOut[];
}

/** How the segments of a file stand, by the shards of it that do not count any more. */
export function fileHealth(
  manifest: Pick<Manifest, "rs" | "segments" | "repairs">,
  lost: ReadonlyMap<Hex, LossReason>,
): readonly SegmentHealth[] {
  const [k, n] = manifest.rs;
  return manifest.segments.map(({ index }) => {
    const shards = new Map(shardsOf(manifest, index).map(({ i, shard_id }) => [i, shard_id]));
    const out: CountedOut[] = [];
    for (let i = 0; i < n; i += 1) {
      const id = shards.get(i);
      const reason = id === undefined ? "missing" : lost.get(id);
      if (reason !== undefined) out.push({ i, reason });
    }
    return { segment: index, live: n - out.length, k, n, lost: out };
  });
}
