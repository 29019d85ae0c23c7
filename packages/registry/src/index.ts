export { type AddressKind, addressKind } from "./address.ts";
export {
  type Capacity,
  MAX_CAPACITY_BYTES,
  orchestratorObjection,
  parseCapacity,
  wouldTheHeadOrchestratorAccept,
} from "./capacity.ts";
export { type CommittedField, classifyCommitment, type RegistryEntry } from "./classify.ts";
export { ENTRY_LIMITS, encodeEntry, endpointUrl, type MinerEndpoint } from "./endpoint.ts";
export { REGISTRY_ERRORS, type RegistryCode } from "./errors.ts";
export {
  afterPoll,
  type HealthRules,
  type MinerHealth,
  mayBeAsked,
  mayOffer,
  newMinerHealth,
  type Poll,
  type Validity,
} from "./health.ts";
export { type ParsedEntry, parseEntry, type Registration, registrationOf } from "./parse-entry.ts";
export type { EntryProblem, EntryProblemCode } from "./problem.ts";
export { ENTRY_WARNINGS, type EntryWarning, warningsOf } from "./warnings.ts";
