import { u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { ByteReader } from "../byte-reader.ts";
import type { AnswerReason } from "../errors.ts";
import { ELEMENT_BYTES, P, readElement, writeElement } from "./field.ts";
import { SECTORS } from "./rows.ts";

/** Random linear combinations of all present rows, and of their tags. */
export interface SweepSums {
  /** Of each sector's column. */
  readonly columns: readonly bigint[];
  readonly tag: bigint;
}

/** An answer: what its miner concedes, and sums over the rest. */
export interface SweepAnswer {
  /** Ascending inventory indices. */
  readonly absent: readonly number[];
  readonly sums: SweepSums;
}

const SUMS_BYTES = (SECTORS + 1) * ELEMENT_BYTES;

/** Bytes of an answer that concedes so many shards; the amount of data does not matter. */
export function sweepAnswerBytes(absent: number): number {
  return 4 + 4 * absent + SUMS_BYTES;
}

/** Sums over parts of the rows, together. */
export function addSweepSums(parts: readonly SweepSums[]): SweepSums {
  const columns = Array.from({ length: SECTORS }, (_, sector) =>
    parts.reduce((sum, part) => (sum + (part.columns[sector] ?? 0n)) % P, 0n),
  );
  return { columns, tag: parts.reduce((sum, { tag }) => (sum + tag) % P, 0n) };
}

/** The bytes of an answer. */
export function encodeSweepAnswer({ absent, sums }: SweepAnswer): Uint8Array {
  const elements = new Uint8Array(SUMS_BYTES);
  for (const [at, sum] of [...sums.columns, sums.tag].entries()) {
    writeElement(elements, at * ELEMENT_BYTES, sum);
  }
  return concatBytes(u32(absent.length), ...absent.map(u32), elements);
}

/** Reads an answer about `list`; a reason when it is none. Each answer has one spelling. */
export function decodeSweepAnswer(
  bytes: Uint8Array,
  list: readonly number[],
): SweepAnswer | AnswerReason {
  const reader = new ByteReader(bytes);
  const count = reader.u32();
  if (count === null) return "LENGTH";
  if (count > list.length) return "ABSENT_ORDER";
  if (bytes.length !== sweepAnswerBytes(count)) return "LENGTH";
  const absent = readAbsent(reader, count, list);
  if (absent === null) return "ABSENT_ORDER";
  const elements = reader.take(SUMS_BYTES);
  if (elements === null) return "LENGTH";
  const values: bigint[] = [];
  for (let at = 0; at < SUMS_BYTES; at += ELEMENT_BYTES) {
    const value = readElement(elements, at);
    if (value === null) return "FIELD_RANGE";
    values.push(value);
  }
  const tag = values.pop() ?? 0n;
  return { absent, sums: { columns: values, tag } };
}

function readAbsent(
  reader: ByteReader,
  count: number,
  list: readonly number[],
): readonly number[] | null {
  const listed = new Set(list);
  const absent: number[] = [];
  let previous = -1;
  for (let at = 0; at < count; at += 1) {
    const index = reader.u32() ?? -1;
    if (index <= previous || !listed.has(index)) return null;
    absent.push(index);
    previous = index;
  }
  return absent;
}
