export { type Aggregate, type AggregateInput, aggregate } from "./aggregate.ts";
export { addBurn, BURN_UID } from "./burn.ts";
export { commitmentsOf, type RunCommitments, type Sighting } from "./commitments.ts";
export { type SortedReports, sortReports } from "./conflicts.ts";
export {
  addRecord,
  compareScores,
  type DivergenceRecord,
  type DivergenceSummary,
  type Scores,
  summarise,
  topOverlap,
} from "./divergence.ts";
export { candidatesOf, type Elector, eligibleStakes, incumbentOf, minersOf } from "./electorate.ts";
export {
  type CommitmentFact,
  type Contradiction,
  checkEvidence,
  type Evidence,
  type EvidenceFault,
  type EvidenceVerdict,
  signEvidence,
} from "./equivocation.ts";
export { CONSENSUS_ERRORS, type ConsensusCode } from "./errors.ts";
export { exceeds, type Fraction, HALF, parseFraction } from "./fraction.ts";
export { type Medians, weightedMedians } from "./median.ts";
export {
  checkQuorum,
  DEFAULT_QUORUM,
  type Quorum,
  type QuorumMiss,
  type QuorumRules,
  type Stakes,
} from "./quorum.ts";
export { rankCorrelation } from "./rank-correlation.ts";
export { type RunPlan, type RunTimes, timesOf } from "./run-times.ts";
export { NO_VOTE } from "./selection.ts";
export { isViewShared, type View, viewRoot } from "./view.ts";
export {
  type Payout,
  payProportionally,
  payWinner,
  type WeightVector,
  weightVector,
} from "./weights.ts";
export {
  chooseWinner,
  DEFAULT_WINNER_RULES,
  type Winner,
  type WinnerReason,
  type WinnerRules,
} from "./winner.ts";
