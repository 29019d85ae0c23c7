import { type BondInputs, classicBonds, yuma3Bonds } from "./bonds.ts";
import { clipToConsensus, incentiveOf, validatorTrustOf } from "./clip.ts";
import { consensusOf } from "./consensus.ts";
import { distribute } from "./emission.ts";
import { ONE, ratio, toU16 } from "./fixed.ts";
import type { LiquidAlpha } from "./liquid-alpha.ts";
import type { PairRow } from "./pair-row.ts";
import { nextPermits, permitsInForce } from "./permits.ts";
import { activeStake, type I64F64, normalizedStake } from "./stake.ts";
import { bondRows, standingBonds } from "./stored-bonds.ts";
import { effectiveWeights } from "./weights.ts";
import { weightsForBonds } from "./weights-for-bonds.ts";

/** The state of one mechanism as the epoch finds it. Arrays are by uid and have `n` entries. */
export interface EpochInput {
  readonly n: number;
  readonly block: number;
  readonly tempo: number;
  /** Effective cutoff in blocks. */
  readonly activityCutoff: number;
  /** Stake weights, see `stakeWeight`. */
  readonly stake: readonly I64F64[];
  /** Of this mechanism. */
  readonly lastUpdate: readonly number[];
  readonly blockAtRegistration: readonly number[];
  readonly validatorPermit: readonly boolean[];
  readonly weights: readonly PairRow[];
  readonly bonds: readonly PairRow[];
  readonly ownerUid: number | undefined;
  /** u16, as stored. */
  readonly kappa: number;
  /** u16, as stored. */
  readonly bondsPenalty: number;
  /** Millionths, at most 1,000,000. */
  readonly bondsMovingAverage: number;
  readonly maxAllowedValidators: number;
  /** Rao. */
  readonly stakeThreshold: bigint;
  readonly yuma3: boolean;
  /** Undefined when switched off; without effect on classic Yuma. */
  readonly liquidAlpha: LiquidAlpha | undefined;
  /** Block of each uid's earliest commit that has not expired; undefined without commit-reveal. */
  readonly earliestCommit: readonly (number | undefined)[] | undefined;
  /** 0 before the first epoch. */
  readonly lastMechanismStepBlock: number;
  /** Rao to distribute. */
  readonly emission: bigint;
}

/** What an epoch stores once per netuid, by uid: u16 proportions, flags, and rao. */
export interface NetuidTerms {
  readonly active: boolean[];
  readonly consensus: number[];
  readonly dividends: number[];
  readonly validatorTrust: number[];
  readonly validatorPermit: boolean[];
  readonly stakeWeight: number[];
  readonly emission: bigint[];
  readonly serverEmission: bigint[];
  readonly validatorEmission: bigint[];
}

/** What an epoch stores, with the two items kept per mechanism. */
export interface EpochOutput extends NetuidTerms {
  readonly incentive: number[];
  readonly bonds: PairRow[];
}

/** One Yuma epoch of one mechanism, value for value what the pallet's `epoch_mechanism` computes. */
export function runEpoch(input: EpochInput): EpochOutput {
  requireOnePerUid(input);
  const { block, activityCutoff, ownerUid } = input;
  const active = input.lastUpdate.map((updated) => updated + activityCutoff >= block);
  const stake = normalizedStake(input.stake, input.stakeThreshold, ownerUid);
  const permits = permitsInForce(input.validatorPermit, ownerUid);
  const validatorPermit = nextPermits(stake, input.maxAllowedValidators, ownerUid);
  const voting = activeStake(stake, active, permits);

  const weights = effectiveWeights(input.weights, { ...input, permits });
  const consensus = consensusOf(weights, voting, input.kappa);
  const clipped = clipToConsensus(weights, consensus);
  const incentive = incentiveOf(clipped, voting);

  const bondInputs: BondInputs = {
    weights: weightsForBonds(weights, clipped, consensus, ratio(input.bondsPenalty, 65_535)),
    bonds: standingBonds(input.bonds, input.blockAtRegistration, input),
    activeStake: voting,
    incentive,
    consensus,
    alpha: ONE - ratio(input.bondsMovingAverage, 1_000_000),
    liquidAlpha: input.liquidAlpha,
  };
  const { bonds, dividends } = input.yuma3 ? yuma3Bonds(bondInputs) : classicBonds(bondInputs);

  return {
    active,
    consensus: Array.from(consensus, toU16),
    incentive: Array.from(incentive, toU16),
    dividends: Array.from(dividends, toU16),
    validatorTrust: Array.from(validatorTrustOf(clipped), toU16),
    validatorPermit,
    stakeWeight: Array.from(stake, toU16),
    bonds: bondRows(bonds, validatorPermit),
    ...distribute(input.emission, { incentive, dividends, stake, activeStake: voting }),
  };
}

/** A shorter array would be read as zeros and end as a wrong reward, silently. */
function requireOnePerUid(input: EpochInput): void {
  const { stake, lastUpdate, blockAtRegistration, validatorPermit, weights, bonds } = input;
  const arrays = { stake, lastUpdate, blockAtRegistration, validatorPermit, weights, bonds };
  for (const [name, array] of Object.entries(arrays)) {
    if (array.length !== input.n) {
      throw new RangeError(`epoch input ${name} has ${array.length} entries for ${input.n} uids`);
    }
  }
}
