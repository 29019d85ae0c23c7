import type { Hotkey } from "@neurond/primitives";
import {
  Bodies,
  type Database,
  Evidence,
  ExportReports,
  FileLives,
  Grants,
  LogSlices,
  ManifestCopies,
  Manifests,
  MinerPresence,
  MinerReports,
  PeerReports,
  PostgresLog,
  Receipts,
  RunJournal,
  SeenCommitments,
  Services,
  ShardCatalog,
  ShardProofs,
  WeightsHistory,
} from "@neurond/store";
import type { ExportStores } from "./exports/exporter.ts";
import type { FileLives as FileLivesPort } from "./ports/file-lives.ts";
import type { GrantStore } from "./ports/grant-store.ts";
import type { ManifestCopies as ManifestCopiesPort } from "./ports/manifest-copies.ts";
import type { ManifestStore } from "./ports/manifest-store.ts";
import type { MinerPresence as MinerPresencePort } from "./ports/miner-presence.ts";
import type { ProofStore } from "./ports/proof-store.ts";
import type { RunFacts } from "./ports/run-journal.ts";
import type { ShardCatalog as ShardCatalogPort } from "./ports/shard-catalog.ts";
import type { Stores } from "./validator.ts";

/** What a validator remembers, and what only some of its endpoints need. */
export interface AllStores extends Stores {
  readonly shards: ShardCatalogPort;
  readonly grants: GrantStore;
  readonly proofs: ProofStore;
  readonly manifests: ManifestStore;
  readonly copies: ManifestCopiesPort;
  readonly lives: FileLivesPort;
  readonly presence: MinerPresencePort;
  readonly exports: ExportStores;
}

/** Everything a validator keeps, in one schema of Postgres. */
export async function openStores(
  { kysely }: Database,
  validator: Hotkey,
  now: () => number,
): Promise<AllStores> {
  const log = await PostgresLog.open(kysely, validator, now);
  return {
    log,
    journal: new RunJournal<RunFacts>(kysely),
    bodies: new Bodies(kysely),
    commitments: new SeenCommitments(kysely),
    reports: new PeerReports(kysely),
    evidence: new Evidence(kysely),
    weights: new WeightsHistory(kysely),
    shards: new ShardCatalog(kysely),
    grants: new Grants(kysely),
    proofs: new ShardProofs(kysely),
    manifests: new Manifests(kysely),
    copies: new ManifestCopies(kysely),
    lives: new FileLives(kysely, validator),
    presence: new MinerPresence(kysely),
    exports: {
      reports: new ExportReports(kysely),
      services: new Services(kysely),
      log: new LogSlices(kysely, log.id),
      miners: new MinerReports(kysely),
      receipts: new Receipts(kysely),
    },
  };
}
