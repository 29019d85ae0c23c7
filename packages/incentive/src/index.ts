export {
  endedByPlatform,
  isEligible,
  MINER_DELETED,
  paidSpan,
  unitsOf,
  wholeSeconds,
} from "./billing.ts";
export { type BreadthRules, breadthOf, type ChuteHours, chuteHours } from "./breadth.ts";
export { compareExactly, type ExactDifference } from "./compare/exact.ts";
export { shareLine } from "./compare/lines.ts";
export { type RankAgreement, rankAgreement } from "./compare/ranks.ts";
export {
  COMPARE_THRESHOLDS,
  type CompareThresholds,
  compareShares,
  incentivesOf,
  rowByHotkey,
  type ShareComparison,
  type ShareDelta,
} from "./compare/shares.ts";
export { type Dated, dayOf, paramsAt } from "./dated.ts";
export { INCENTIVE_ERRORS, type IncentiveCode } from "./errors.ts";
export {
  type BountyRate,
  bountyClusters,
  type LifeRate,
  type Owners,
  selfDeletions,
} from "./fairness/instances.ts";
export {
  MULTIPLIER_TOLERANCES,
  type MultiplierAnomaly,
  type MultiplierTolerances,
  multiplierAnomalies,
  type StatedMultiplier,
} from "./fairness/multipliers.ts";
export { type OwnerRate, ownerRates, type Tally } from "./fairness/rates.ts";
export {
  type ChuteShares,
  chuteShares,
  type InstanceHour,
  type OwnerShare,
  ownerShares,
  type Share,
} from "./fairness/request-share.ts";
export { SIGNIFICANCE, type SignificanceRules } from "./fairness/rules.ts";
export {
  type PrivateWork,
  SELF_DEALING_RULES,
  type SelfDealingRules,
  selfDealing,
} from "./fairness/self-dealing.ts";
export {
  type Atto,
  decayOf,
  type Exponent,
  ONE,
  picoOf,
  powerOf,
  rootOf,
  shareOf,
  toFixed,
  toNumber,
} from "./fixed.ts";
export { type InputDigests, inputDigests, type ScoringInputs } from "./input-digests.ts";
export type { Member } from "./members.ts";
export {
  COUNTER_THRESHOLDS,
  type CounterAgreement,
  type CounterInputs,
  type CounterThresholds,
  type CounterVerdict,
  type CountPair,
  counterAgreement,
  counterLine,
  type HourCount,
} from "./miners/counters.ts";
export { type Coverage, coverageLine, coverageOf } from "./miners/coverage.ts";
export {
  INSTANCE_THRESHOLDS,
  type InstanceAgreement,
  type InstanceThresholds,
  type InstanceWarning,
  instanceAgreement,
  type StatedInstance,
} from "./miners/instances.ts";
export {
  expectedMultiplier,
  MULTIPLIER_RULES,
  type MultiplierInputs,
  type MultiplierRules,
} from "./multiplier.ts";
export {
  latestInstances,
  mergeInstances,
  newestHistory,
  newestInvocations,
} from "./newest.ts";
export {
  type Hindrance,
  hindrances,
  PRECONDITION_RULES,
  type PreconditionInputs,
  type PreconditionRules,
} from "./preconditions.ts";
export {
  type BaseBonusInputs,
  type BaseBonusRules,
  type BaseBonusValues,
  type Bonuses,
  type RawBaseBonus,
  scoreBaseBonus,
} from "./profiles/base-bonus.ts";
export {
  type ComputeUnitInputs,
  type ComputeUnitRules,
  type ComputeUnitValues,
  type RawComputeUnits,
  scoreComputeUnits,
} from "./profiles/compute-units.ts";
export { BASE_BONUS_RULES, COMPUTE_UNIT_RULES, FEATURE_RULES } from "./profiles/dated-rules.ts";
export {
  type FeatureInputs,
  type FeatureRules,
  type Features,
  type RawFeatures,
  scoreFeatures,
} from "./profiles/features.ts";
export type { HistoryRow, InstanceRow, InvocationRow, Metrics, ReportRow } from "./rows.ts";
export { type MinerScore, type ScoreTable, scoresOf, sharesOf } from "./scores.ts";
export { betaShare, gammaTail, logGamma } from "./statistics/special.ts";
export {
  binomialTail,
  type ChiSquare,
  chiSquare,
  chiSquareTail,
  normalTail,
} from "./statistics/tests.ts";
export { type OmissionBound, omissionBound } from "./synthetics/omission.ts";
export {
  type Attempt,
  parseTimestamp,
  TRACE_LIMITS,
  type TraceFault,
  type TraceLimits,
  TraceLog,
} from "./synthetics/trace.ts";
export {
  type ExportView,
  type HourState,
  judgeSynthetic,
  SYNTHETIC_TOLERANCES,
  type Synthetic,
  type SyntheticField,
  type SyntheticTolerances,
  type SyntheticVerdict,
} from "./synthetics/verify.ts";
export {
  HOUR_US,
  type Micros,
  overlapOf,
  SECOND_US,
  type Span,
  WEEK_US,
  weekBefore,
} from "./time.ts";
export { addUsage, confirmedReports, NO_USAGE, type Usage, usageOf } from "./usage.ts";
export { fullVector, type VectorRule, vectorOf } from "./vectors.ts";
export { isError, isPrivate, isSuccess, workSeconds } from "./work.ts";
