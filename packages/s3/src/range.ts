import { s3Error } from "./errors.ts";
import type { BlobPart } from "./object-index.ts";
import type { BlobRange } from "./vault.ts";

const ONE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The bytes that a Range header asks for; null means all of them, as for a header that means nothing or
 * names several ranges (RFC 9110 section 14.2). @throws CodedError InvalidRange
 */
export function readRange(header: string | undefined, size: number): BlobRange | null {
  const [, from = "", to = ""] = ONE.exec(header?.trim() ?? "") ?? [];
  if (from === "" && to === "") return null;
  if (from === "") {
    const length = Math.min(Number(to), size);
    if (length === 0) throw unsatisfiable(size);
    return { offset: size - length, length };
  }
  const offset = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < offset) return null;
  if (offset >= size) throw unsatisfiable(size);
  return { offset, length: last - offset + 1 };
}

const unsatisfiable = (size: number) =>
  s3Error("InvalidRange", "the requested range is not satisfiable", {
    ActualObjectSize: String(size),
  });

/** Bytes of one blob; a null range is all of it. */
export interface Piece {
  readonly blob: string;
  readonly range: BlobRange | null;
  readonly length: number;
}

/** Which bytes of which blobs make a stretch of an object. */
export function piecesOf(
  parts: readonly BlobPart[],
  { offset, length: total }: BlobRange,
): readonly Piece[] {
  const end = offset + total;
  let start = 0;
  const pieces: Piece[] = [];
  for (const { blob, size } of parts) {
    const from = Math.max(offset, start) - start;
    const until = Math.min(end, start + size) - start;
    start += size;
    if (until <= from) continue;
    const isWhole = from === 0 && until === size;
    const length = until - from;
    pieces.push({ blob, range: isWhole ? null : { offset: from, length }, length });
  }
  return pieces;
}
