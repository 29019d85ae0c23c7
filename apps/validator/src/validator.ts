import type { Chain, Signer as ChainSigner } from "@neurond/chain";
import type { Log, LogStorage, ReportInput, SignedReport, Signer } from "@neurond/ledger";
import type { Hotkey, Netuid } from "@neurond/primitives";
import type { Logger, SignedFetch } from "@neurond/runtime";
import type { WeightsLog } from "@neurond/weight-keeper";
import type { Archive } from "./archive.ts";
import type { CommitmentSlot } from "./commitment-slot.ts";
import type { Discovery } from "./discovery/discovery.ts";
import type { ValidatorMetrics } from "./metrics.ts";
import type { BodyStore } from "./ports/body-store.ts";
import type { CommitmentIndex } from "./ports/commitment-index.ts";
import type { EvidenceStore } from "./ports/evidence-store.ts";
import type { ReportStore } from "./ports/report-store.ts";
import type { RunJournal } from "./ports/run-journal.ts";
import type { Manners, Rules } from "./settings.ts";
import type { WeightsWatch } from "./weights-watch.ts";
import type { WorkloadEntry } from "./workload-entry.ts";

/** Everything a validator remembers. */
export interface Stores {
  readonly log: LogStorage;
  readonly journal: RunJournal;
  readonly bodies: BodyStore;
  readonly commitments: CommitmentIndex;
  readonly reports: ReportStore;
  readonly evidence: EvidenceStore;
  readonly weights: WeightsLog;
}

/** Whose validator it is, and on which subnet of which chain. */
export interface Identity {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  readonly signer: Signer & ChainSigner;
}

/** Signs the scores of a run. */
export type SignScores = (input: ReportInput) => SignedReport;

/** What the steps of a run work with. */
export interface Validator {
  readonly identity: Identity;
  readonly chain: Chain;
  readonly stores: Stores;
  /** The one writer of the log. */
  readonly record: Log;
  readonly archive: Archive;
  readonly workloads: readonly WorkloadEntry[];
  readonly rules: Rules;
  readonly manners: Manners;
  readonly discovery: Discovery;
  /** Signs with our hotkey, and goes where miners may be asked. */
  readonly send: SignedFetch;
  /** SHA-256 of the rules, which goes into every report. */
  readonly configHash: string;
  /** Kind of the beacon: 0 the chain alone, 1 with drand. */
  readonly beaconKind: 0 | 1;
  /** How long bodies of the record are kept. */
  readonly bodyRetentionMs: number;
  readonly signScores: SignScores;
  /** Where commitments are made, by one writer at a time. */
  readonly slot: CommitmentSlot;
  /** SHA-256 of the latest report that auditors are shown; null while there is none. */
  readonly publishedSha256: () => Promise<Uint8Array | null>;
  readonly metrics: ValidatorMetrics;
  readonly weightsWatch: WeightsWatch;
  readonly log: Logger;
  readonly now: () => number;
}
