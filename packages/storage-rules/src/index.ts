export {
  API_ACCESS,
  API_REFUSALS,
  type ApiAccessRules,
  type ApiRefusal,
  type ApiRequest,
  refuseApiAccess,
} from "./access/api-access.ts";
export {
  type Caller,
  decideMinerAccess,
  MINER_ACCESS,
  MINER_REFUSALS,
  type MinerAccessRules,
  type MinerDecision,
  type MinerRefusal,
} from "./access/miner-access.ts";
export { PRIORITY, type PriorityRules, priorityOf } from "./access/priority.ts";
export { formatBook, parseBook } from "./book/book-text.ts";
export {
  BOOK_RULES,
  type BookRules,
  EMPTY_BOOK,
  type MinerBook,
  settleBatch,
  settleMetagraph,
  settlePings,
  settleTiers,
  statisticsOf,
} from "./book/miner-book.ts";
export { STORAGE_RULES_ERRORS, type StorageRulesCode } from "./errors.ts";
export {
  type BatchCircumstances,
  batchEvent,
  checkBatchEvent,
  type EventFault,
} from "./events/batch-event.ts";
export { EVENT_LEVEL, EVENT_TASKS, TaskEvent } from "./events/event.ts";
export { type PublicEvent, publicEvent } from "./events/public-event.ts";
export { NO_DIGEST, type OpenedLine, openLine, sealLine } from "./events/sealed-line.ts";
export { API_OPTIONS } from "./options/api-options.ts";
export { JOBS, type JobName, jobCadences } from "./options/cadences.ts";
export {
  type CommandLine,
  givenOptions,
  readCommandLine,
  withOptionDefaults,
} from "./options/command-line.ts";
export { type ParsedFlags, parseFlags } from "./options/flags.ts";
export { MINER_OPTIONS } from "./options/miner-options.ts";
export type {
  OpenValues,
  Option,
  OptionShape,
  OptionTable,
  OptionValues,
  OwnName,
} from "./options/option.ts";
export {
  apiAccessOf,
  minerAccessOf,
  priorityRulesOf,
  rewardRulesOf,
} from "./options/rules-of-options.ts";
export { optionSchema, optionShape, variableOf } from "./options/schema.ts";
export { OPTION_HEADS, optionRows, renderHelp } from "./options/show.ts";
export { blocksOf, bytesOf } from "./options/texts.ts";
export { VALIDATOR_OPTIONS } from "./options/validator-options.ts";
export { type Answer, type Batch, judgedTime } from "./rewards/answer.ts";
export { BOOSTS, type Boost } from "./rewards/boost.ts";
export { type Nano, ONE, toNano } from "./rewards/fixed.ts";
export { ARGUMENT_PLACES, fallingLogistic } from "./rewards/logistic.ts";
export {
  REWARD_RULES,
  type RewardRules,
  rewardBatch,
  rewardDown,
} from "./rewards/reward-batch.ts";
export {
  ALPHA_MICRO,
  averageIn,
  retainRegistered,
  type Scores,
} from "./rewards/scores.ts";
export { SPEED_MODES, type SpeedMode, speedMultipliers } from "./rewards/speed.ts";
export { areWeightsDue, WEIGHTS_RULES, type WeightsRule, weightsOf } from "./rewards/weights.ts";
export {
  type PlacedLogEntry,
  type StandingFault,
  StandingReplay,
} from "./standing/check-standings.ts";
export { intervalOf, type LoggedEntry } from "./standing/interval.ts";
export {
  bookAfter,
  type Interval,
  nextStanding,
  type PlannedStanding,
} from "./standing/next-standing.ts";
export {
  batchesOf,
  scoresOfBook,
  settleTasks,
  withStanding,
} from "./standing/settle-standing.ts";
export {
  readStanding,
  STANDING,
  type Standing,
  standingBody,
  standingOf,
} from "./standing/standing.ts";
export {
  bookRulesOf,
  REWARD_MODES,
  type RewardMode,
  StandingRules,
  standingRulesOf,
  TIER_BLOCKS,
} from "./standing/standing-rules.ts";
export { answersOf, settleRecord, TASK, TaskRecord } from "./standing/task-record.ts";
export {
  COUNTED_TASKS,
  type CountedTask,
  type Counter,
  type MinerStatistics,
  NEW_MINER,
  restartCounters,
  statisticsFromFields,
  statisticsToFields,
  type Task,
  updateStatistics,
} from "./statistics/counters.ts";
export { countPing, MAX_FAILED_PINGS, type PingOutcome } from "./statistics/pings.ts";
export {
  areTiersDue,
  type EvaluationCadence,
  evaluate,
  namedTier,
  TIER_CADENCE,
  tierOf,
} from "./tiers/evaluate.ts";
export {
  reachesRate,
  TIER_RULE_NAMES,
  TIER_RULES,
  type TierRule,
  type TierRuleName,
} from "./tiers/rules.ts";
export { SEED_TIERS, V2_TIERS, V3_TIERS } from "./tiers/tables.ts";
export type { Threshold, Tier, TierTable } from "./tiers/tier.ts";
export { reachesWilson, wilsonLowerBound, wilsonMidpoint } from "./tiers/wilson.ts";
export {
  type CandidateNeuron,
  type CandidateRules,
  candidateHash,
  candidateUids,
} from "./uids/candidates.ts";
export { MersenneTwister } from "./uids/mersenne-twister.ts";
export { BLOCKS_PER_ROUND, drawBlock, roundOf } from "./uids/round.ts";
export {
  isAscending,
  SELECTION_RULES,
  type Selection,
  type SelectionRule,
  selectUids,
} from "./uids/select.ts";
export {
  type ChainFacts,
  checkSelection,
  recordSelection,
  SELECTION_TASK,
  type SelectionFault,
  SelectionRecord,
} from "./uids/selection-record.ts";
export {
  type DrawSeed,
  drawSeed,
  PURPOSES,
  type Purpose,
  sha256Sample,
} from "./uids/sha256-draw.ts";
