export { ENTRY_LIMITS, type EntryLimits } from "./entries/steps.ts";
export {
  type AuditSettings,
  type Cycle,
  DEFAULT_SETTINGS,
  ExportAuditor,
  type ExportAuditorDeps,
} from "./export-auditor.ts";
export { type FollowDeps, followCommitments } from "./follow-commitments.ts";
export { retryEntries } from "./retry-entries.ts";
export type { JudgedRuns } from "./runs/exported-runs.ts";
export type { MinerAccount } from "./scores/compare-miners.ts";
export { chainSubnet, type ReadSubnet, recordedSubnet, type SubnetState } from "./scores/subnet.ts";
export type { Patience } from "./source/download.ts";
export { folderSource } from "./source/folder-source.ts";
export { DEFAULT_PATIENCE, type HttpSourceOptions, httpSource } from "./source/http-source.ts";
export { DEFAULT_PACE, type Pace } from "./source/pump.ts";
export { type ChainWitnessOptions, chainWitness } from "./witness/chain-witness.ts";
export { recordedWitness } from "./witness/recorded-witness.ts";
export { type Claim, REACH, type VerifyOptions, verifyClaim } from "./witness/verify.ts";
