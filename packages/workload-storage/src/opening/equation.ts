import { decodeScalar, type GroupPoint, type PedersenSuite, SCALAR_BYTES } from "@neurond/crypto";
import { ByteReader } from "../byte-reader.ts";
import type { OpeningReason } from "../errors.ts";
import type { OpeningStatement } from "./statement.ts";
import { OpeningTranscript } from "./transcript.ts";

/** A sum of products that is the identity exactly when a proof holds. */
export interface Equation {
  readonly points: readonly GroupPoint[];
  readonly scalars: readonly bigint[];
  /** Factors of G_0, G_1, …: the part that proofs of a suite share. */
  readonly generatorScalars: readonly bigint[];
}

/** Bytes of a proof; 224 to 757. */
export function openingBytes(suite: PedersenSuite, sectors: number): number {
  return suite.pointBytes * (1 + 2 * Math.log2(sectors)) + 2 * SCALAR_BYTES;
}

/**
 * What a proof comes to, or the first fault of its form. The folded generators are not computed
 * round by round: factor c_i of G_i is the product of all x whose round had i in its low half.
 */
export function openingEquation(
  statement: OpeningStatement,
  proof: Uint8Array,
): Equation | OpeningReason {
  const { suite } = statement;
  const parsed = parseProof(statement, proof);
  if (typeof parsed === "string") return parsed;
  const { mask, zeta, rounds, z } = parsed;
  const reduce = (value: bigint) => ((value % suite.order) + suite.order) % suite.order;

  const transcript = new OpeningTranscript(statement);
  const e = transcript.mask(mask);
  transcript.blind(zeta);
  const xs = rounds.map(({ left, right }) => transcript.round(left, right));

  let factors = [1n];
  for (const x of xs.toReversed()) {
    factors = [...factors.map((factor) => reduce(factor * x)), ...factors];
  }
  const points: GroupPoint[] = [];
  const scalars: bigint[] = [];
  let rest = 1n;
  for (const [round, { left, right }] of [...rounds.entries()].toReversed()) {
    const x = xs[round] ?? 0n;
    points.push(left, right);
    scalars.push(rest, reduce(rest * x * x));
    rest = reduce(rest * x);
  }
  points.push(mask, statement.sum, suite.blinder);
  scalars.push(rest, reduce(rest * e), reduce(-rest * zeta));
  return { points, scalars, generatorScalars: factors.map((factor) => reduce(-z * factor)) };
}

/** Whether an equation's sum is the identity. */
export function equationHolds(suite: PedersenSuite, equation: Equation): boolean {
  const { points, scalars, generatorScalars } = equation;
  return suite.sum(points, scalars).plus(suite.sumOfGenerators(generatorScalars)).isIdentity;
}

interface ParsedProof {
  readonly mask: GroupPoint;
  readonly zeta: bigint;
  readonly rounds: readonly { readonly left: GroupPoint; readonly right: GroupPoint }[];
  readonly z: bigint;
}

/** Length first, then all points, then both scalars: everybody names the same fault. */
function parseProof(
  { suite, sectors }: OpeningStatement,
  proof: Uint8Array,
): ParsedProof | OpeningReason {
  if (proof.length !== openingBytes(suite, sectors)) return "LENGTH";
  const reader = new ByteReader(proof);
  const take = (length: number) => reader.take(length) ?? new Uint8Array();
  const point = () => suite.decode(take(suite.pointBytes));
  const mask = point();
  const zetaBytes = take(SCALAR_BYTES);
  const rounds = Array.from({ length: Math.log2(sectors) }, () => ({
    left: point(),
    right: point(),
  }));
  if (mask === null || !rounds.every(isRound)) return "POINT_INVALID";
  const zeta = decodeScalar(zetaBytes, suite.order);
  const z = decodeScalar(take(SCALAR_BYTES), suite.order);
  return zeta === null || z === null ? "SCALAR_RANGE" : { mask, zeta, rounds, z };
}

interface MaybeRound {
  readonly left: GroupPoint | null;
  readonly right: GroupPoint | null;
}

function isRound(round: MaybeRound): round is ParsedProof["rounds"][number] {
  return round.left !== null && round.right !== null;
}
