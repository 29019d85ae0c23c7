import { type Hex, toHex } from "@neurond/primitives";
import { Blake2256 } from "@polkadot-api/substrate-bindings";
import type { GenesisNeuron } from "./subnet.ts";

/** A crowd for measurements. */
export interface Crowd {
  readonly count: number;
  /** The first so many uids are validators: staked, permitted, with weights on everybody else. */
  readonly validators: number;
  /** Other seeds give other hotkeys and other weights. */
  readonly seed?: string;
}

const ONE_TAO = 1_000_000_000n;
const U16_MAX = 65_535;
const text = new TextEncoder();

/** Neurons that nobody has the keys of, the same for the same seed. */
export function syntheticNeurons({ count, validators, seed = "crowd" }: Crowd): GenesisNeuron[] {
  const digest = (what: string) => Blake2256(text.encode(`${seed}/${what}`));
  const key = (what: string): Hex => toHex(digest(what));
  return Array.from({ length: count }, (_, uid): GenesisNeuron => {
    const keys = { hotkey: key(`hotkey/${uid}`), coldkey: key(`coldkey/${uid % 97}`) };
    if (uid >= validators) return keys;
    return {
      ...keys,
      stakeRao: BigInt(1_000 + uid) * ONE_TAO,
      validatorPermit: true,
      weights: randomRow(digest(`weights/${uid}`), validators, count),
    };
  });
}

/** One weight for every uid that is not a validator; the largest is 65535, as after scaling up. */
function randomRow(seed: Uint8Array, from: number, to: number): [number, number][] {
  let state = new DataView(seed.buffer, seed.byteOffset).getUint32(0) || 1;
  const row = Array.from({ length: Math.max(0, to - from) }, (_, index): [number, number] => {
    // xorshift32: cheap, and good enough to make rows differ.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return [from + index, 1 + ((state >>> 0) % U16_MAX)];
  });
  const first = row[0];
  if (first) first[1] = U16_MAX;
  return row;
}
