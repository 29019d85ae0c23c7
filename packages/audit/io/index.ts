export {
  type AuditStore,
  type KeptFinding,
  type KeptRun,
  MemoryAuditStore,
} from "./audit-store.ts";
export { type AuditedRun, Auditor, type AuditorDeps } from "./auditor.ts";
export {
  BadTagDirectory,
  BadTagFile,
  type BadTagInbox,
  type HandedIn,
  type Taken,
} from "./bad-tag-directory.ts";
export { DirectoryAuditStore } from "./directory-store.ts";
export type { BodyLimits } from "./fetch-bodies.ts";
export { DEFAULT_MANNERS, type FactsRequest, fetchFacts, type Manners } from "./fetch-facts.ts";
export { type FoundFacts, findFacts } from "./find-facts.ts";
export { LogIndexDirectory, type LogIndexes } from "./log-indexes.ts";
export { DEFAULT_LIMITS, type Fetched, getPublic, type HttpLimits } from "./public-http.ts";
export { readBeacon } from "./read-beacon.ts";
export { type RoundSources, readRound } from "./read-round.ts";
export { ValidatorClient } from "./validator-client.ts";
