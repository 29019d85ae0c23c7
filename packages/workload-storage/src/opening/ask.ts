import { framedHash, keystream, type SuiteId, u8, u32 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { numberFromBytes } from "../integers.ts";
import { drawPositions } from "../positions.ts";

/** What an opening is asked of. */
export interface OpeningAsk {
  readonly suite: SuiteId;
  readonly sectors: number;
  /** How many blocks are to be opened; all when the shard has not more. */
  readonly wanted: number;
  readonly shardId: Uint8Array;
}

/** The parameters of mode `opening`, as seeds bind them. */
export function openingParams({ suite, sectors, wanted, shardId }: OpeningAsk): Uint8Array {
  return concatBytes(u8(suite), u32(sectors), u32(wanted), shardId);
}

/** The blocks a seed asks for, ascending and distinct. */
export function openedBlocks(seed: Uint8Array, total: number, wanted: number): readonly number[] {
  return drawPositions("open/pos", seed, { total, wanted });
}

const COEFFICIENT_BYTES = 16;

/** The weights with which `count` blocks are added up, in the order of their positions. */
export function openingCoefficients(seed: Uint8Array, count: number): readonly bigint[] {
  const stream = keystream(framedHash("open/coef", seed), COEFFICIENT_BYTES * count);
  return Array.from({ length: count }, (_, at) =>
    numberFromBytes(stream.subarray(at * COEFFICIENT_BYTES, (at + 1) * COEFFICIENT_BYTES)),
  );
}
