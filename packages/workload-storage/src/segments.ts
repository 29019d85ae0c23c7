import { CodedError } from "@neurond/primitives";
import type { StorageCode } from "./errors.ts";

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

/** Who holds which copy of a segment. */
export interface Placement<Miner> {
  readonly segment: Segment;
  /** One miner for each copy, all different. */
  readonly miners: readonly Miner[];
}

/**
 * Gives every segment to `copies` different miners, going round so that load is even.
 * @throws CodedError PLAN_INVALID when there are fewer different miners than copies
 */
export function placeCopies<Miner>(
  segments: readonly Segment[],
  miners: readonly Miner[],
  copies: number,
): readonly Placement<Miner>[] {
  const distinct = [...new Set(miners)];
  if (!Number.isSafeInteger(copies) || copies < 1 || distinct.length < copies) {
    throw invalid(`${copies} copies need as many different miners; there are ${distinct.length}`);
  }
  const round = [...distinct, ...distinct];
  return segments.map((segment) => {
    const first = (segment.index * copies) % distinct.length;
    return { segment, miners: round.slice(first, first + copies) };
  });
}

function invalid(message: string): CodedError<StorageCode> {
  return new CodedError("PLAN_INVALID", message);
}
