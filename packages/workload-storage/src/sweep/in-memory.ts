import type { Entry } from "../entry.ts";
import type { Entries } from "../entry-list.ts";
import { encodeSweepAnswer } from "./answer.ts";
import { coefficientKey, coefficientsAt } from "./coefficients.ts";
import { maskKey, masksAt, weightsOf } from "./keys.ts";
import { type KeystreamAt, keystreamAt } from "./keystream.ts";
import { numberRows } from "./list.ts";
import { type RowSum, rowSum } from "./row-sum.ts";
import { COEFFICIENT_BYTES, PIECE_BYTES, ROW_BYTES, rowsOf } from "./rows.ts";
import { type Tagger, tagger } from "./tagger.ts";
import { type ValueSum, valueSum } from "./value-sum.ts";

/** A shard and its tags of the period, in memory. */
export interface TaggedShard {
  readonly sealed: Uint8Array;
  readonly tags: Uint8Array;
}

/** Copied at once: what was copied is then still in the L2 cache. */
const STEP_BYTES = 64 * ROW_BYTES;

export interface AnswerOptions {
  readonly stream?: KeystreamAt;
  readonly rows?: RowSum;
  readonly tags?: ValueSum;
}

/** Answers a sweep over shards in memory; `held` gives null for a shard that is conceded. */
export function answerSweep(
  seed: Uint8Array,
  list: readonly number[],
  entries: Entries,
  held: (index: number) => TaggedShard | null,
  options: AnswerOptions = {},
): Uint8Array {
  const { stream = keystreamAt, rows = rowSum(), tags = valueSum() } = options;
  const absent = list.filter((index) => held(index) === null);
  const key = coefficientKey(seed, absent);
  for (const { index, entry, firstRow } of numberRows(list, entries)) {
    const shard = held(index);
    if (shard === null) continue;
    const range = { from: firstRow, rows: rowsOf(entry.size) };
    const coefficients = coefficientsAt(key, range, stream);
    tags.add(shard.tags, coefficients);
    for (let at = 0; at < shard.sealed.length; at += STEP_BYTES) {
      const bytes = shard.sealed.subarray(at, at + STEP_BYTES);
      rows.pieces[0].set(bytes);
      const first = rowsOf(at) * COEFFICIENT_BYTES;
      const end = first + rowsOf(bytes.length) * COEFFICIENT_BYTES;
      rows.add(0, bytes.length, coefficients.subarray(first, end));
    }
  }
  return encodeSweepAnswer({ absent, sums: { columns: rows.take(), tag: tags.take() } });
}

/** The tags of a shard in memory under a miner's key of one period. */
export function tagShard(
  sealed: Uint8Array,
  entry: Entry,
  key: Uint8Array,
  options: { readonly stream?: KeystreamAt; readonly tagger?: Tagger } = {},
): Uint8Array {
  const { stream = keystreamAt } = options;
  const engine = options.tagger ?? tagger([weightsOf(key, stream)]);
  const rows = rowsOf(sealed.length);
  const tags = new Uint8Array(rows * 16);
  for (let at = 0; at < sealed.length; at += PIECE_BYTES) {
    const bytes = sealed.subarray(at, at + PIECE_BYTES);
    engine.piece.set(bytes);
    tags.set(engine.linear(bytes.length)[0] ?? new Uint8Array(0), rowsOf(at) * 16);
  }
  engine.addMasks(tags, masksAt(maskKey(key, entry), { from: 0, rows }, stream));
  return tags;
}
