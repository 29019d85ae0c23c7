import type { BlockNumber } from "@neurond/primitives";
import { type App, createApp, type Health, type Registry } from "@neurond/runtime";
import type { Config } from "../config.ts";
import { HTTP_STATUS } from "../errors.ts";
import type { Exporter } from "../exports/exporter.ts";
import { serveExports } from "../exports/routes/index.ts";
import type { Validator } from "../validator.ts";
import { serveBodies } from "./bodies.ts";
import { serveEvidence } from "./evidence.ts";
import { serveLog } from "./log.ts";
import { serveScores } from "./scores.ts";
import { serveStatus } from "./status.ts";
import { type CopyRoutes, serveCopies } from "./storage-copies.ts";
import { type FileRoutes, serveFiles } from "./storage-files.ts";
import { type HealthRoutes, serveHealth } from "./storage-health.ts";
import { type LifeRoutes, serveLives } from "./storage-lives.ts";
import { type ShardRoutes, serveShards } from "./storage-shards.ts";

/** What the routes need beside the validator itself. */
export interface ApiOptions {
  readonly version: string;
  readonly health: Health;
  readonly registry: Registry;
  readonly requestsPerMinute: number;
  readonly scoresPerMinute: number;
  readonly requestTimeoutMs: number;
  readonly head: () => BlockNumber;
  readonly storage: ShardRoutes & FileRoutes & CopyRoutes & LifeRoutes & HealthRoutes;
  /** Null where nothing is published. */
  readonly exporter: Exporter | null;
  readonly exports: Config["exports"];
}

/** Everything a validator says in public: who it is, what it saw, and what it made of it. */
export async function createApi(validator: Validator, options: ApiOptions): Promise<App> {
  const { identity, rules, stores, record, log, workloads } = validator;
  const { netuid, hotkey, signer } = identity;
  const { head, version } = options;
  const app = await createApp({
    ...options,
    title: "neurond validator",
    log,
    statusOf: HTTP_STATUS,
    collapsesSlashes: true,
  });
  serveStatus(app, {
    netuid,
    hotkey,
    version,
    plan: rules.plan,
    discovery: validator.discovery,
    head,
  });
  serveScores(app, {
    self: hotkey,
    plan: rules.plan,
    families: workloads.map(({ family }) => family),
    journal: stores.journal,
    reports: stores.reports,
    head,
    requestsPerMinute: options.scoresPerMinute,
  });
  serveEvidence(app, stores.evidence);
  serveLog(app, { netuid, signer, record, storage: stores.log, head });
  serveBodies(app, stores.bodies);
  serveFiles(app, options.storage);
  serveCopies(app, options.storage);
  serveShards(app, options.storage);
  serveLives(app, options.storage);
  serveHealth(app, options.storage);
  if (options.exporter !== null) serveExports(app, options.exporter, options.exports);
  return app;
}
