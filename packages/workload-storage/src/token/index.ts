export {
  type AnswerState,
  answerPrefix,
  type StartAnswer,
  TAG_NONCE,
  type TokenAlg,
  type TokenQuestion,
  tokenAnswer,
  tokenAnswerBytes,
} from "./answer.ts";
export { type TokenName, tokenBlind, tokenKey, tokenSeed } from "./derive.ts";
export { judgeToken } from "./judge.ts";
export {
  decodeTokenLeaf,
  encodeTokenLeaf,
  seedCommitOf,
  TOKEN_HASHER,
  TOKEN_LEAF_BYTES,
  type TokenLeaf,
} from "./leaf.ts";
export { type OpenedToken, openToken } from "./opened-token.ts";
export {
  openedTokenOf,
  TokenEvidence,
  TokenTask,
  tokenChallengeOf,
  tokenParams,
} from "./task.ts";
export {
  type MadeToken,
  type MadeTokens,
  TokenMaker,
  type TokenPlan,
  tokensNumbered,
} from "./token-maker.ts";
export {
  type LeafOpening,
  type TokenClaim,
  tokensOpen,
  verifyToken,
} from "./verify.ts";
