import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "../errors.ts";

/** Bytes of every segment of an encrypted file but the last. */
export const SEGMENT_BYTES = 67_108_864;

/** A stretch of an encrypted file, from `from` up to, not including, `to`. */
export interface Segment {
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** Cuts an encrypted file into segments; together they are all of it, the last is what remains. */
export function segmentsOf(size: number, segmentBytes = SEGMENT_BYTES): readonly Segment[] {
  if (
    !Number.isSafeInteger(size) ||
    size < 1 ||
    !Number.isSafeInteger(segmentBytes) ||
    segmentBytes < 1
  ) {
    throw invalid(`${size} bytes cannot be cut into segments of ${segmentBytes}`);
  }
  return Array.from({ length: Math.ceil(size / segmentBytes) }, (_, index) => ({
    index,
    from: index * segmentBytes,
    to: Math.min(size, (index + 1) * segmentBytes),
  }));
}

/** Shards that restore a segment, and shards there are of it. */
export type RsPlan = readonly [k: number, n: number];

/** Below this many encrypted bytes a file is copied: coding it would save next to nothing. */
export const REPLICATED_BELOW = 65_536;
const COPIES: RsPlan = [1, 4];
const CODED: RsPlan = [10, 24];

/** The plan for an encrypted file of this length, unless its owner wants another. */
export function planOfSize(encryptedBytes: number): RsPlan {
  return encryptedBytes < REPLICATED_BELOW ? COPIES : CODED;
}

/**
 * The plan for fewer miners than it names: as many shards as there are miners, of which about the
 * same share may be lost.
 * @throws CodedError PLAN_INVALID without any miner
 */
export function fittingPlan([k, n]: RsPlan, miners: number): RsPlan {
  if (miners < 1) throw invalid("without a miner there is no plan");
  return miners >= n ? [k, n] : [Math.max(1, Math.floor((miners * k) / n)), miners];
}

/**
 * Bytes of every shard of a segment of so many bytes. Data shard i is the segment from i times this
 * many bytes on; zeros fill what the end lacks.
 */
export function shardBytes(segmentBytes: number, k: number): number {
  return Math.ceil(segmentBytes / k);
}

/** Shards a file may have in all: a manifest lists every one. 45 GB at 10 of 24 in usual segments. */
export const MAX_FILE_SHARDS = 16_384;

/**
 * Whether so many segments can be listed; asked before any of them is sent.
 * @throws CodedError PLAN_INVALID
 */
export function requireListable(segments: number, [k, n]: RsPlan, segmentBytes: number): void {
  const most = Math.floor(MAX_FILE_SHARDS / n);
  if (segments <= most) return;
  throw invalid(
    `a file stored ${k} of ${n} in segments of ${segmentBytes} bytes has at most ${most * segmentBytes} bytes when it is encrypted: store it in parts, or in longer segments`,
  );
}

/** Who holds which shard of a segment. */
export interface Placement<Miner> {
  readonly segment: Segment;
  /** One miner for each shard, all different. */
  readonly miners: readonly Miner[];
}

/**
 * Gives every segment to as many different miners as it has shards, going round so that load is even.
 * @throws CodedError PLAN_INVALID when there are fewer different miners than shards
 */
export function placeShards<Miner>(
  segments: readonly Segment[],
  miners: readonly Miner[],
  shards: number,
): readonly Placement<Miner>[] {
  const distinct = [...new Set(miners)];
  if (!Number.isSafeInteger(shards) || shards < 1 || distinct.length < shards) {
    throw invalid(`${shards} shards need as many different miners; there are ${distinct.length}`);
  }
  const round = [...distinct, ...distinct];
  return segments.map((segment) => {
    const first = (segment.index * shards) % distinct.length;
    return { segment, miners: round.slice(first, first + shards) };
  });
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("PLAN_INVALID", message);
}
