export { canonicalJson, domainHash } from "./canonical.ts";
export { type DrandClock, drandRoundAt, drandRoundTime, QUICKNET_CLOCK } from "./drand-clock.ts";
export {
  advanceSchedule,
  type EpochSchedule,
  epochAt,
  isEpochDue,
  MAX_TEMPO,
  nextEpochBlock,
} from "./epoch.ts";
export {
  CodedError,
  type ErrorEntry,
  isAbort,
  isCoded,
  PRIMITIVES_ERRORS,
  type PrimitivesCode,
} from "./errors.ts";
export { fromHex, type Hex, toHex } from "./hex.ts";
export {
  type Coldkey,
  coldkeyOf,
  type Hotkey,
  hotkeyOf,
  parseColdkey,
  parseHotkey,
  publicKeyOf,
  readHotkey,
  ZERO_ACCOUNT,
} from "./hotkey.ts";
export {
  type BlockNumber,
  type EpochIndex,
  type Mecid,
  type Netuid,
  splitWeightsIndex,
  toBlockNumber,
  toEpochIndex,
  toMecid,
  toNetuid,
  toUid,
  type Uid,
  weightsIndex,
} from "./ids.ts";
export { type RevealRoundInput, revealBlock, revealRound } from "./reveal.ts";
export { type RunId, type RunSpan, runAt, runOf, toRunId } from "./run.ts";
export { decodeSs58, encodeSs58, SS58_PREFIX } from "./ss58.ts";
export {
  divideHalfEven,
  formatTao,
  type Micro,
  parseTao,
  type Rao,
  toMicro,
  toRao,
} from "./units.ts";
export { toU16Weights, type U16Weight } from "./weights.ts";
