import { type App, createApp, type Health, type Logger, type Registry } from "@neurond/runtime";
import { HTTP_STATUS } from "../errors.ts";
import { type CustodyRouteDeps, serveCustody } from "./custody-routes.ts";
import { type FileRouteDeps, serveFiles } from "./file-routes.ts";
import { type ListRouteDeps, serveLists } from "./list-routes.ts";
import { type RepairRouteDeps, serveRepairs } from "./repair-routes.ts";
import { serveWire, type WireRouteDeps } from "./wire-routes.ts";

export interface ApiOptions {
  readonly log: Logger;
  readonly health: Health;
  readonly registry: Registry;
  readonly version: string;
  readonly requestsPerMinute: number;
  readonly files: FileRouteDeps & ListRouteDeps;
  /** Null where bytes are not on the network. */
  readonly repairs: RepairRouteDeps | null;
  /** Null where files of others are not taken on. */
  readonly custody: CustodyRouteDeps | null;
  /** Null: no wire routes. */
  readonly wire: WireRouteDeps | null;
}

/** Beyond its own deadline, what an upload may take to be refused. */
const MARGIN_MS = 15_000;

/** All routes of an API node but those of S3. */
export async function createApi(options: ApiOptions): Promise<App> {
  const { log, health, registry, version, requestsPerMinute, files, repairs } = options;
  const { custody, wire } = options;
  const app = await createApp({
    title: "neurond storage API",
    version,
    log,
    health,
    registry,
    statusOf: HTTP_STATUS,
    requestsPerMinute,
    requestTimeoutMs: files.uploadMs + MARGIN_MS,
  });
  serveFiles(app, files);
  serveLists(app, files);
  if (repairs !== null) serveRepairs(app, repairs);
  if (custody !== null) serveCustody(app, custody);
  if (wire !== null) serveWire(app, wire);
  return app;
}
