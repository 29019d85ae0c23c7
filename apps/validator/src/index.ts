export type { BodyStore } from "./ports/body-store.ts";
export type { CommitmentIndex, SeenCommitment } from "./ports/commitment-index.ts";
export type { EvidenceRecord, EvidenceStore } from "./ports/evidence-store.ts";
export type { PeerReport, ReportStore } from "./ports/report-store.ts";
export type {
  Decision,
  Fact,
  FactKind,
  RunFacts,
  RunJournal,
  SnapshotNeuron,
} from "./ports/run-journal.ts";
export type { WeightsAttempt, WeightsLog } from "./ports/weights-history.ts";
