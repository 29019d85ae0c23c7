export {
  type OpeningAsk,
  openedBlocks,
  openingCoefficients,
  openingParams,
} from "./ask.ts";
export { type Blinding, blindOf } from "./blinding.ts";
export { blockBytes, blocksOf, isSectorCount, OPENING_SECTORS } from "./blocks.ts";
export { openingBytes } from "./equation.ts";
export { judgeOpening, statementOfTask } from "./judge.ts";
export { makeOpeningTask, type OpeningSubject } from "./make-task.ts";
export { type OpeningSecrets, proveOpening } from "./prove.ts";
export {
  type OpeningClaim,
  type OpeningStatement,
  openingStatement,
} from "./statement.ts";
export {
  MAX_OPENED,
  OpeningEvidence,
  OpeningTask,
  openingChallengeOf,
} from "./task.ts";
export {
  type CommittedVector,
  commitBlock,
  VECTOR_HASHER,
  VectorCommitter,
  type VectorPlan,
  vectorRoot,
} from "./vector-committer.ts";
export { type ClaimedOpening, verifyOpening, verifyOpenings } from "./verify.ts";
