import { u16, u32, u64 } from "@neurond/crypto";
import { type BlockNumber, fromHex, type Hex, type Hotkey, type Netuid } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

const DOMAIN = utf8ToBytes("filetao/select/v1");
const RANGE = 2n ** 64n;

/** What miners are drawn for; each purpose draws others at the same block. */
export const PURPOSES = ["challenge", "store", "retrieve", "monitor"] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What a draw follows from. */
export interface DrawSeed {
  readonly netuid: Netuid;
  readonly block: BlockNumber;
  readonly blockHash: Hex;
  readonly purpose: Purpose;
  /** When given, validators draw independently of each other. */
  readonly validator?: Hotkey | undefined;
}

/** The 32 bytes a draw by SHA-256 starts from; everything in them is public once the block is. */
export function drawSeed({ netuid, block, blockHash, purpose, validator }: DrawSeed): Uint8Array {
  const words = validator === undefined ? purpose : `${purpose}/${validator}`;
  return sha256(
    concatBytes(DOMAIN, u16(netuid), u64(block), fromHex(blockHash), utf8ToBytes(words)),
  );
}

/** `count` of the numbers below `size`, each arrangement equally likely: half a Fisher–Yates shuffle. */
export function sha256Sample(seed: Uint8Array, size: number, count: number): readonly number[] {
  const places = Array.from({ length: size }, (_, index) => index);
  const draw = drawer(seed);
  const drawn = Math.min(count, size);
  for (let at = 0; at < drawn; at += 1) {
    const other = at + draw(size - at);
    [places[at], places[other]] = [places[other] ?? 0, places[at] ?? 0];
  }
  return places.slice(0, drawn);
}

/** Uniform numbers below a bound; eight bytes of a hash at a time, and none that would favour low ones. */
function drawer(seed: Uint8Array): (bound: number) => number {
  let counter = 0;
  return (bound) => {
    const wide = BigInt(bound);
    const limit = RANGE - (RANGE % wide);
    for (;;) {
      const hash = sha256(concatBytes(seed, u32(counter)));
      counter += 1;
      const drawn = new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
      if (drawn < limit) return Number(drawn % wide);
    }
  };
}
