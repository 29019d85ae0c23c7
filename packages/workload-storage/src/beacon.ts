import { framedHash, u8, u64 } from "@neurond/crypto";
import { QUICKNET_CLOCK, toHex } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

/** A beacon of the chain alone, for local networks: a block's author could discard the block. */
export interface ChainBeacon {
  readonly kind: 0;
  readonly block: number;
  readonly blockHash: Uint8Array;
}

/** A beacon of the chain and of drand's quicknet; neither can bend it alone. */
export interface DrandBeacon {
  readonly kind: 1;
  readonly block: number;
  readonly blockHash: Uint8Array;
  /** The block's timestamp in whole seconds since 1970. */
  readonly blockSeconds: number;
  readonly round: number;
  /** drand's BLS signature of the round, 48 bytes. */
  readonly signature: Uint8Array;
}

/** What nobody knew before the beacon block. The kind is fixed by the plan: choosing it is grinding. */
export type Beacon = ChainBeacon | DrandBeacon;

/**
 * From whole periods since genesis to the round: 1 because rounds count from one, 1 for the first
 * strictly after the timestamp, and 20 for the minute to wait, since an author can set its block's
 * time off by half a minute.
 */
const LAG_ROUNDS = 22;
const NO_RANDOMNESS = new Uint8Array(32);

/** The drand round of a beacon block with this timestamp in whole seconds. */
export function beaconRound(blockSeconds: number): number {
  const { genesisSeconds, periodSeconds } = QUICKNET_CLOCK;
  return Math.floor((blockSeconds - genesisSeconds) / periodSeconds) + LAG_ROUNDS;
}

/** What a beacon's digest is over. */
export interface BeaconInputs extends Pick<Beacon, "kind" | "block" | "blockHash"> {
  /** 0 without drand. */
  readonly round: number;
  /** SHA-256 of drand's signature; 32 zero bytes without drand. */
  readonly randomness: Uint8Array;
}

/** What goes into a beacon's digest. */
export function beaconInputs(beacon: Beacon): BeaconInputs {
  const { kind, block, blockHash } = beacon;
  if (kind === 0) return { kind, block, blockHash, round: 0, randomness: NO_RANDOMNESS };
  const { round, signature } = beacon;
  return { kind, block, blockHash, round, randomness: sha256(signature) };
}

/** The 32 bytes all seeds of a run derive from. */
export function beaconDigest(inputs: BeaconInputs): Uint8Array {
  const { kind, block, blockHash, round, randomness } = inputs;
  return framedHash("beacon", u8(kind), u64(block), blockHash, u64(round), randomness);
}

/** What the chain, the plan and drand say about a run's beacon. */
export interface BeaconFacts {
  /** The kind the plan fixed. */
  readonly kind: Beacon["kind"];
  /** The beacon block the plan fixed, as it stands on the finalised chain. */
  readonly block: number;
  readonly blockHash: Uint8Array;
  readonly blockSeconds: number;
  /** Whether drand signed a round; `verifyRound` of the crypto package under quicknet's key. */
  readonly isRound: (round: number, signature: Uint8Array) => boolean;
}

/** Whether a recorded beacon is the run's: other block, other round or no drand are BEACON. */
export function checkBeacon(beacon: Beacon, facts: BeaconFacts): "BEACON" | null {
  const own = beacon.kind === facts.kind && beacon.block === facts.block;
  if (!own || toHex(beacon.blockHash) !== toHex(facts.blockHash)) return "BEACON";
  if (beacon.kind === 0) return null;
  const due =
    beacon.blockSeconds === facts.blockSeconds && beacon.round === beaconRound(facts.blockSeconds);
  return due && facts.isRound(beacon.round, beacon.signature) ? null : "BEACON";
}
