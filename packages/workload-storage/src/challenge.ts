import { framedHash, u8, u16, u32 } from "@neurond/crypto";
import { encodeParties, type Parties } from "./parties.ts";

/** Blocks of a period, after which keys of whole-shard sweeps change, unless a plan says otherwise. */
export const PERIOD_BLOCKS = 7200;

/** Numbers of the proof modes, as seeds name them. */
export const MODE = { sample: 1, sweep: 2, opening: 3, token: 4 } as const;

/** Everything a challenge is made of; all but the beacon is on chain before the beacon exists. */
export interface Challenge extends Parties {
  /** Index of the run. */
  readonly run: number;
  readonly slot: number;
  readonly mode: (typeof MODE)[keyof typeof MODE];
  readonly params: Uint8Array;
  readonly inventoryDigest: Uint8Array;
  readonly beaconBlock: number;
  /** Blocks of a period; `PERIOD_BLOCKS` when absent. */
  readonly periodBlocks?: number;
  readonly beacon: Uint8Array;
  /** The link at the end of the previous run, the same for all slots. */
  readonly prevLink: Uint8Array;
}

/** The period a block lies in. */
export function periodOf(block: number, periodBlocks: number = PERIOD_BLOCKS): number {
  return Math.floor(block / periodBlocks);
}

/** The parameters of mode `sample`: how many leaves. */
export function sampleParams(samples: number): Uint8Array {
  return u32(samples);
}

/**
 * The challenge, which is also the seed of every draw in it and what the validator signs. It binds
 * both parties, run, slot, inventory, beacon and all answers before, so none can be replayed.
 */
export function challengeSeed(challenge: Challenge): Uint8Array {
  const { run, slot, mode, params, inventoryDigest, beacon, prevLink } = challenge;
  return framedHash(
    "challenge",
    encodeParties(challenge),
    u32(periodOf(challenge.beaconBlock, challenge.periodBlocks)),
    u32(run),
    u16(slot),
    u8(mode),
    u16(params.length),
    params,
    inventoryDigest,
    beacon,
    prevLink,
  );
}
