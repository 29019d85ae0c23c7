import type { EpochOutput, NetuidTerms } from "./epoch.ts";

const U16_MAX = 65_535;

/**
 * The emission of each mechanism of a subnet: by `MechanismEmissionSplit` (u16 parts of 65535), or
 * evenly without one. What rounding leaves over goes to mechanism 0.
 */
export function splitEmission(
  emission: bigint,
  mechanismCount: number,
  split: readonly number[] | undefined,
): bigint[] {
  const parts = Array.from({ length: mechanismCount }, (_, mecid) =>
    split === undefined
      ? emission / BigInt(mechanismCount)
      : (emission * BigInt(split[mecid] ?? 0)) / BigInt(U16_MAX),
  );
  const rest = emission - parts.reduce((a, b) => a + b, 0n);
  return parts.map((part, mecid) => (mecid === 0 ? part + rest : part));
}

/**
 * What a subnet stores of the epochs of its mechanisms: proportions and the recorded emission are
 * means weighted by the emission each mechanism had, flags hold when one holds, and the amounts
 * miners and validators get add up. Incentive and bonds stay with their mechanism.
 *
 * `split` is the emission per mechanism; when all of it is 0, mechanism 0 has the whole weight. The
 * pallet weights the recorded emission although it is split already; that is what clients read.
 */
export function mergeMechanisms(
  outputs: readonly EpochOutput[],
  split: readonly bigint[],
): NetuidTerms {
  const weights = mechanismWeights(split);
  const byUid = <T, R>(of: (output: EpochOutput) => readonly T[], merge: (values: T[]) => R): R[] =>
    (outputs[0] === undefined ? [] : of(outputs[0])).map((_, uid) =>
      merge(outputs.map((output) => of(output)[uid] as T)),
    );
  // Each term is floored before the next is added, as the pallet stores the sum after each mechanism.
  const weighted = (values: bigint[]) =>
    values.reduce((total, value, mecid) => total + ((value * (weights[mecid] ?? 0n)) >> 64n), 0n);
  const proportion = (values: number[]) =>
    Math.min(U16_MAX, Number(weighted(values.map((value) => BigInt(value)))));
  const total = (values: bigint[]) => values.reduce((a, b) => a + b, 0n);
  const some = (flags: boolean[]) => flags.some((flag) => flag);
  return {
    active: byUid((output) => output.active, some),
    consensus: byUid((output) => output.consensus, proportion),
    dividends: byUid((output) => output.dividends, proportion),
    validatorTrust: byUid((output) => output.validatorTrust, proportion),
    validatorPermit: byUid((output) => output.validatorPermit, some),
    stakeWeight: byUid((output) => output.stakeWeight, proportion),
    emission: byUid((output) => output.emission, weighted),
    serverEmission: byUid((output) => output.serverEmission, total),
    validatorEmission: byUid((output) => output.validatorEmission, total),
  };
}

/** Emission over the whole emission, as U64F64 bits. */
function mechanismWeights(split: readonly bigint[]): bigint[] {
  const whole = split.reduce((a, b) => a + b, 0n);
  if (whole === 0n) return split.map((_, mecid) => (mecid === 0 ? 1n << 64n : 0n));
  return split.map((part) => (part << 64n) / whole);
}
