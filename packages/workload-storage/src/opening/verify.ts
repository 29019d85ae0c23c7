import { framedHash, type PedersenSuite, type SuiteId, u32 } from "@neurond/crypto";
import type { OpeningReason } from "../errors.ts";
import { numberFromBytes } from "../integers.ts";
import { type Equation, equationHolds, openingEquation } from "./equation.ts";
import type { OpeningStatement } from "./statement.ts";

/** Why a proof proves nothing, or null when its maker has the blocks. Never throws. */
export function verifyOpening(
  statement: OpeningStatement,
  proof: Uint8Array,
): OpeningReason | null {
  const equation = openingEquation(statement, proof);
  if (typeof equation === "string") return equation;
  return equationHolds(statement.suite, equation) ? null : "EQUATION";
}

/** A statement with what was sent as its proof. */
export interface ClaimedOpening {
  readonly statement: OpeningStatement;
  readonly proof: Uint8Array;
}

/**
 * Verdicts on many proofs, in their order: those of one suite in one sum, weighed by a hash over
 * all, so that faults cannot cancel. Only when that sum fails is each looked at alone.
 */
export function verifyOpenings(
  claimed: readonly ClaimedOpening[],
): readonly (OpeningReason | null)[] {
  const equations = claimed.map(({ statement, proof }) => openingEquation(statement, proof));
  const all = framedHash(
    "open/batch-all",
    ...claimed.flatMap(({ statement, proof }) => [statement.digest, proof]),
  );
  const weigh = (index: number) =>
    numberFromBytes(framedHash("open/batch", all, u32(index)).subarray(0, 16));
  const verdictOf = new Map<SuiteId, boolean>();
  for (const suite of new Set(claimed.map(({ statement }) => statement.suite))) {
    const together = equations.flatMap((equation, index) =>
      typeof equation === "string" || claimed[index]?.statement.suite !== suite
        ? []
        : [weighed(suite, equation, weigh(index))],
    );
    verdictOf.set(suite.id, equationHolds(suite, added(suite, together)));
  }
  return claimed.map(({ statement }, index) => {
    const equation = equations[index] ?? "LENGTH";
    if (typeof equation === "string") return equation;
    if (verdictOf.get(statement.suite.id) === true) return null;
    return equationHolds(statement.suite, equation) ? null : "EQUATION";
  });
}

function weighed({ order }: PedersenSuite, equation: Equation, weight: bigint): Equation {
  const times = (scalars: readonly bigint[]) => scalars.map((each) => (each * weight) % order);
  const { points, scalars, generatorScalars } = equation;
  return { points, scalars: times(scalars), generatorScalars: times(generatorScalars) };
}

function added({ order }: PedersenSuite, equations: readonly Equation[]): Equation {
  const width = Math.max(0, ...equations.map(({ generatorScalars }) => generatorScalars.length));
  const generatorScalars = Array.from(
    { length: width },
    (_, at) =>
      equations.reduce((sum, equation) => sum + (equation.generatorScalars[at] ?? 0n), 0n) % order,
  );
  return {
    points: equations.flatMap(({ points }) => points),
    scalars: equations.flatMap(({ scalars }) => scalars),
    generatorScalars,
  };
}
