import { isHash, peakPlaces, RFC6962 } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { z } from "zod";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);

/** The last entry of a log of `index + 1` entries, as a leaf with its inclusion proof. */
export const Tail = z.strictObject({
  index: z.int().min(0),
  leaf_hash: hash,
  proof: z.array(hash).max(53),
});
export type Tail = Readonly<z.infer<typeof Tail>>;

/** The roots that a tail gives. */
export interface TailRoots {
  /** Of the log that ends with the tail. */
  readonly prefix: string;
  /** Of the whole log that the proof is for. */
  readonly whole: string;
}

/**
 * An inclusion proof of an entry also fixes everything before it: folding only what lies left of it
 * gives the root the log had when it ended there. So if the whole is the root a validator stands by,
 * and the prefix is not the earlier root it stands by, both cannot be one log.
 */
export function rootsOf({ index, leaf_hash, proof }: Tail, size: number): TailRoots | null {
  if (!Number.isSafeInteger(size) || index >= size) return null;
  const leaf = fromHex(leaf_hash);
  let [place, last, whole, prefix] = [index, size - 1, leaf, leaf];
  for (const sibling of proof.map((text) => fromHex(text))) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      whole = RFC6962.node(sibling, whole);
      prefix = RFC6962.node(sibling, prefix);
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      whole = RFC6962.node(whole, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? { prefix: textOf(prefix), whole: textOf(whole) } : null;
}

/**
 * The hashes from which a log of `index + 1` entries can be continued, out of the proof of its last
 * entry: all siblings lie left of it, the highest of them are the peaks before the last. Null when
 * the proof has another length.
 */
export function peaksOf({ index, leaf_hash, proof }: Tail): readonly string[] | null {
  const places = peakPlaces(index + 1);
  const last = places.at(-1);
  const above = places.length - 1;
  const hashes = proof.map((text) => fromHex(text));
  if (last === undefined || hashes.length !== above + last.level || !hashes.every(isHash))
    return null;
  const inside = hashes.slice(0, last.level);
  const own = inside.reduce((node, left) => RFC6962.node(left, node), fromHex(leaf_hash));
  return [...hashes.slice(last.level).reverse(), own].map(textOf);
}

function textOf(bytes: Uint8Array): string {
  return toHex(bytes).slice(2);
}

function half(value: number): number {
  return Math.floor(value / 2);
}
