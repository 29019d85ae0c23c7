import { framedHash, type GroupPoint, type PedersenSuite, u8, u32, u64 } from "@neurond/crypto";
import { concatBytes } from "@noble/hashes/utils.js";
import { openingCoefficients } from "./ask.ts";

/** What an opening is about, before its commitments are known to be points. */
export interface OpeningClaim {
  readonly suite: PedersenSuite;
  readonly sectors: number;
  readonly seed: Uint8Array;
  /** From the receipt. */
  readonly vectorRoot: Uint8Array;
  /** Blocks, ascending; see `openedBlocks`. */
  readonly positions: readonly number[];
  /** Their commitments, shown by paths or a whole list to be under the root. */
  readonly commitments: readonly Uint8Array[];
}

/** A claim with everything that follows from it alone. */
export interface OpeningStatement {
  readonly suite: PedersenSuite;
  readonly sectors: number;
  readonly positions: readonly number[];
  readonly coefficients: readonly bigint[];
  /** Hash over all of it, with which every transcript begins. */
  readonly digest: Uint8Array;
  /** P: the commitment to the weighted sum of the blocks. */
  readonly sum: GroupPoint;
}

/** The statement of a claim; null when a commitment is no point, which is not the prover's fault. */
export function openingStatement(claim: OpeningClaim): OpeningStatement | null {
  const { suite, sectors, seed, vectorRoot, positions, commitments } = claim;
  const points = commitments.map((bytes) => suite.decode(bytes));
  if (!points.every((point) => point !== null) || points.length !== positions.length) return null;
  const coefficients = openingCoefficients(seed, positions.length);
  const digest = framedHash(
    "open/statement",
    seed,
    u8(suite.id),
    u32(sectors),
    u32(positions.length),
    vectorRoot,
    ...positions.map((position, at) =>
      concatBytes(
        u32(position),
        coefficientBytes(coefficients[at] ?? 0n),
        commitments[at] ?? new Uint8Array(),
      ),
    ),
  );
  return { suite, sectors, positions, coefficients, digest, sum: suite.sum(points, coefficients) };
}

function coefficientBytes(coefficient: bigint): Uint8Array {
  return concatBytes(u64(coefficient >> 64n), u64(coefficient & 0xffff_ffff_ffff_ffffn));
}
