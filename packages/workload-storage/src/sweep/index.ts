export {
  addSweepSums,
  decodeSweepAnswer,
  encodeSweepAnswer,
  type SweepAnswer,
  type SweepSums,
  sweepAnswerBytes,
} from "./answer.ts";
export {
  auditSweepPeriod,
  badTagsDue,
  type PeriodAudit,
  type PeriodRecords,
  revealDue,
  revealOpens,
  type SweepAudit,
  type SweepRecord,
} from "./audit-period.ts";
export {
  type BadTag,
  type BadTagFault,
  BadTagRecord,
  badTagOf,
  plausibleBadTag,
  proveBadTag,
  recordBadTag,
  type SuspectTag,
  verifyBadTag,
} from "./bad-tag.ts";
export { coefficientKey, coefficientsAt } from "./coefficients.ts";
export { ELEMENT_BYTES, P as SWEEP_PRIME } from "./field.ts";
export {
  checkTagSet,
  checkTagSets,
  covers,
  type Grant,
  grantDigest,
  isGrantSigned,
  MAX_GRANTED_PERIODS,
  parseSignedGrant,
  periodsToGrant,
  recordSignedGrant,
  type SignedGrant,
  SignedGrantRecord,
  tagSetOf,
} from "./grant.ts";
export {
  type AnswerOptions,
  answerSweep,
  type TaggedShard,
  tagShard,
} from "./in-memory.ts";
export { IndexRanges, indicesOf, rangesOf } from "./index-ranges.ts";
export {
  isVerdictSigned,
  judgeSweep,
  type SweepJudgement,
  type SweepJudgeOptions,
} from "./judge.ts";
export {
  maskKey,
  masksAt,
  minerKey,
  type Period,
  periodCommitment,
  periodSecret,
  weightsOf,
} from "./keys.ts";
export { counterAt, type KeystreamAt, keystreamAt } from "./keystream.ts";
export { defaultBudget, numberRows, type Swept, sweepList, sweepParams } from "./list.ts";
export {
  BurnedRecord,
  CommitmentRecord,
  checkReveal,
  isPeriodSigned,
  type PeriodStatement,
  periodDigest,
  RevealRecord,
} from "./period-records.ts";
export { bigintRowSum, type RowSum, rowSum } from "./row-sum.ts";
export {
  COEFFICIENT_BYTES,
  PIECE_BYTES,
  PIECE_ROWS,
  ROW_BYTES,
  rowsOf,
  tagBytesOf,
} from "./rows.ts";
export {
  areTagsCanonical,
  TAG_HASHER,
  TAG_PIECE_BYTES,
  tagLeaves,
  tagRoot,
} from "./tag-set.ts";
export { bigintTagger, type Tagger, tagger } from "./tagger.ts";
export {
  grantedIndices,
  listOfSweep,
  MAX_CONCEDED,
  periodBlocks,
  periodOfSweep,
  SweepEvidence,
  type SweepHoldings,
  SweepTask,
  sweepChallengeOf,
} from "./task.ts";
export {
  type FutureRound,
  isTimelockSigned,
  lockSecret,
  TIMELOCK_RANDOM_BYTES,
  TimelockRecord,
  timelockStatement,
  type Unlocked,
  unlockSecret,
} from "./timelock.ts";
export { bigintValueSum, type ValueSum, valueSum } from "./value-sum.ts";
export { type SweepClaim, type SweepVerifyOptions, verifySweep } from "./verify.ts";
export { withheldPeriod } from "./withheld.ts";
