export type { BodyStore } from "./ports/body-store.ts";
export type { CommitmentIndex, IndexedCommitment } from "./ports/commitment-index.ts";
export type { EvidenceItem, EvidenceStore } from "./ports/evidence-store.ts";
export type { KeptReport, Keeping, PeerReports } from "./ports/peer-reports.ts";
export type {
  Decision,
  Fact,
  FactKind,
  RunFacts,
  RunJournal,
  SnapshotNeuron,
} from "./ports/run-journal.ts";
export type { WeightsAttempt, WeightsHistory } from "./ports/weights-history.ts";
