import type { Hotkey } from "@neurond/primitives";
import {
  Bodies,
  type Database,
  Evidence,
  Manifests,
  PeerReports,
  PostgresLog,
  RunJournal,
  SeenCommitments,
  ShardCatalog,
  WeightsHistory,
} from "@neurond/store";
import type { ManifestStore } from "./ports/manifest-store.ts";
import type { RunFacts } from "./ports/run-journal.ts";
import type { ShardCatalog as ShardCatalogPort } from "./ports/shard-catalog.ts";
import type { Stores } from "./validator.ts";

/** Everything a validator keeps, in one schema of Postgres. */
export async function openStores(
  { kysely }: Database,
  validator: Hotkey,
): Promise<Stores & { readonly shards: ShardCatalogPort; readonly manifests: ManifestStore }> {
  return {
    log: await PostgresLog.open(kysely, validator),
    journal: new RunJournal<RunFacts>(kysely),
    bodies: new Bodies(kysely),
    commitments: new SeenCommitments(kysely),
    reports: new PeerReports(kysely),
    evidence: new Evidence(kysely),
    weights: new WeightsHistory(kysely),
    shards: new ShardCatalog(kysely),
    manifests: new Manifests(kysely),
  };
}
