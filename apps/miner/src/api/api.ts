import { type App, createApp, type Health, type Logger, type Registry } from "@neurond/runtime";
import { STATUS_OF } from "../errors.ts";
import { type ChallengeDeps, serveChallenges } from "./challenges.ts";
import { type HoldingsDeps, serveHoldings } from "./holdings.ts";
import { type RenewalDeps, serveRenewals } from "./renewals.ts";
import { type ShardDeps, serveShards } from "./shards.ts";
import { type StatusDeps, serveStatus } from "./status.ts";
import { serveTags, type TagDeps } from "./tags.ts";
import { serveUploads, type UploadDeps } from "./uploads.ts";

export interface ApiOptions {
  readonly log: Logger;
  readonly health: Health;
  readonly registry: Registry;
  readonly requestsPerMinute: number;
  readonly status: StatusDeps;
  readonly uploads: UploadDeps;
  readonly tags: TagDeps;
  readonly renewals: RenewalDeps;
  readonly holdings: HoldingsDeps;
  readonly shards: ShardDeps;
  readonly challenges: ChallengeDeps;
}

/** Beyond its own deadline, what an upload may take to be refused. */
const MARGIN_MS = 15_000;

/** All routes of a miner. */
export async function createApi(options: ApiOptions): Promise<App> {
  const { log, health, registry, requestsPerMinute, status, uploads } = options;
  const app = await createApp({
    title: "neurond miner",
    version: status.version,
    log,
    health,
    registry,
    statusOf: STATUS_OF,
    requestsPerMinute,
    requestTimeoutMs: uploads.uploadMs + MARGIN_MS,
  });
  serveStatus(app, status);
  serveUploads(app, uploads);
  serveTags(app, options.tags);
  serveRenewals(app, options.renewals);
  serveShards(app, options.shards);
  serveHoldings(app, options.holdings);
  serveChallenges(app, options.challenges);
  return app;
}
