import { type ShardName, shardNameOf } from "../../io/shard-paths.ts";
import type { SignedReceipt } from "../../src/index.ts";
import { dataNamed, identNamed } from "../test-data.ts";
import { arriving, receiptFor } from "./files.ts";

const SIZES = [1, 4_096, 65_537, 300_000, 70_000, 12_288];

/** The shards that come and go. */
export const NAMES: readonly [ShardName, ...ShardName[]] = [
  shardNameOf(identNamed("coming/0")),
  ...SIZES.slice(1).map((_, at) => shardNameOf(identNamed(`coming/${at + 1}`))),
];

/** Blocks that a receipt lives, of any shard. */
export const LIFETIME = 40;

const dataOf = (at: number) => dataNamed(`coming/${at}`, SIZES[at] ?? 1);
const signed = new Map<string, SignedReceipt>();

/** The receipt of a shard that is stored, or renewed, at a block. */
export function signedShard(at: number, block: number): SignedReceipt {
  const key = `${at}/${block}`;
  const made =
    signed.get(key) ??
    receiptFor(`coming/${at}`, dataOf(at), { storedBlock: block, expiresBlock: block + LIFETIME });
  signed.set(key, made);
  return made;
}

export const bytesOfShard = (at: number): AsyncIterable<Uint8Array> => arriving(dataOf(at), 8_192);

export interface Operation {
  readonly kind: "accept" | "delete" | "collect";
  readonly at: number;
  readonly block: number;
}

/** A sequence that is the same for the same seed; blocks only rise. */
export function nextOperation(seed: number): () => Operation {
  let state = seed >>> 0;
  let block = (seed % 1_000) * 1_000 + 100;
  const draw = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return () => {
    block += draw(8);
    const kind = (["accept", "accept", "accept", "delete", "collect"] as const)[draw(5)];
    return { kind: kind ?? "accept", at: draw(SIZES.length), block };
  };
}
