import {
  deriveKey,
  deriveKey512,
  encodeScalar,
  type GroupPoint,
  reduceToScalar,
  u32,
} from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { type Blinding, blindOf } from "./blinding.ts";
import { sectorValues } from "./blocks.ts";
import type { OpeningStatement } from "./statement.ts";
import { OpeningTranscript } from "./transcript.ts";

/** What only the holder of the blocks has. */
export interface OpeningSecrets {
  /** The blocks at the statement's positions; the last of a shard may be short. */
  readonly blocks: readonly Uint8Array[];
  readonly blinding: Blinding | null;
  /** 32 fresh random bytes. */
  readonly randomness: Uint8Array;
}

/** Index under which the mask of the blinds is derived; no block has so many sectors. */
const BLIND_NONCE = 2 ** 32 - 1;

/**
 * Proves to have the blocks of a statement, in w + 64 + 2w * log2(sectors) bytes that tell nothing
 * about them. Masks come from randomness and statement together, so randomness that repeats still
 * gives other masks for another statement. Proves nothing when the blocks are not the committed
 * ones: the verifier says so.
 */
export function proveOpening(statement: OpeningStatement, secrets: OpeningSecrets): Uint8Array {
  const values = weightedSum(statement, secrets);
  let { randomness } = secrets;
  for (;;) {
    const points: GroupPoint[] = [];
    const proof = proveWith(statement, values, randomness, points);
    // The identity has no encoding; it comes up once in 2^250 proofs.
    if (!points.some(({ isIdentity }) => isIdentity)) return proof;
    randomness = deriveKey(randomness, "open/again");
  }
}

interface WeightedSum {
  readonly sectors: readonly bigint[];
  readonly blind: bigint;
}

function weightedSum(statement: OpeningStatement, secrets: OpeningSecrets): WeightedSum {
  const { suite, sectors, positions, coefficients } = statement;
  const sums = new Array<bigint>(sectors).fill(0n);
  let blind = 0n;
  for (const [at, position] of positions.entries()) {
    const weight = coefficients[at] ?? 0n;
    const values = sectorValues(secrets.blocks[at] ?? new Uint8Array(), sectors);
    for (const [sector, value] of values.entries()) {
      sums[sector] = (sums[sector] ?? 0n) + weight * value;
    }
    blind += weight * blindOf(suite, secrets.blinding, position);
  }
  return { sectors: sums.map((sum) => sum % suite.order), blind: blind % suite.order };
}

/** One attempt; every point it sends is also put into `points`. */
function proveWith(
  statement: OpeningStatement,
  { sectors, blind }: WeightedSum,
  randomness: Uint8Array,
  points: GroupPoint[],
): Uint8Array {
  const { suite, digest } = statement;
  const { order } = suite;
  const nonce = (index: number) =>
    reduceToScalar(deriveKey512(randomness, "open/nonce", digest, u32(index)), order);
  const transcript = new OpeningTranscript(statement);

  const masks = sectors.map((_, sector) => nonce(sector));
  const blindMask = nonce(BLIND_NONCE);
  const mask = suite.sumOfGenerators(masks).plus(suite.blinder.timesSecret(blindMask));
  points.push(mask);
  const e = transcript.mask(mask);
  const zeta = (blindMask + e * blind) % order;
  transcript.blind(zeta);
  const parts = [mask.encode(), encodeScalar(zeta)];

  let z = masks.map((each, sector) => (each + e * (sectors[sector] ?? 0n)) % order);
  let generators = suite.generators(z.length);
  while (z.length > 1) {
    const half = z.length / 2;
    const [zLow, zHigh] = [z.slice(0, half), z.slice(half)];
    const [gLow, gHigh] = [generators.slice(0, half), generators.slice(half)];
    const left = suite.sum(gHigh, zLow);
    const right = suite.sum(gLow, zHigh);
    points.push(left, right);
    const x = transcript.round(left, right);
    parts.push(left.encode(), right.encode());
    z = zLow.map((low, at) => (low + x * (zHigh[at] ?? 0n)) % order);
    generators = gHigh.map((high, at) => high.plus((gLow[at] ?? suite.identity).times(x)));
  }
  return concatBytes(...parts, encodeScalar(z[0] ?? 0n));
}
