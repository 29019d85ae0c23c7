import { readFileSync } from "node:fs";
import { join } from "node:path";
import { auditedWorkloads, rulesFrom } from "@neurond/audit";
import {
  Auditor,
  BadTagDirectory,
  DirectoryAuditStore,
  LogIndexDirectory,
  type Manners,
} from "@neurond/audit/io";
import { verifySr25519Fast } from "@neurond/crypto";
import { type BlockNumber, hotkeyOf, toBlockNumber } from "@neurond/primitives";
import {
  createApp,
  createRegistry,
  forLatest,
  Health,
  type Listening,
  listen,
  Watchdog,
} from "@neurond/runtime";
import { z } from "zod";
import { openAlerts } from "./alerts.ts";
import { serveFindings } from "./api.ts";
import { AuditPass } from "./audit-pass.ts";
import type { AuditorParts } from "./auditor-parts.ts";
import { serveBadTags } from "./bad-tags-api.ts";
import type { Config } from "./config.ts";
import { HTTP_STATUS } from "./errors.ts";
import type { RunningExports } from "./exports/open-exports.ts";
import type { FollowDeps, FollowedExports } from "./follow-exports.ts";
import { createMetrics } from "./metrics.ts";
import { together } from "./together.ts";

/** An auditor that serves; `follow` audits until the signal aborts. */
export interface RunningAuditor extends AsyncDisposable {
  readonly url: string;
  readonly store: DirectoryAuditStore;
  /** The audit of exports; null when no validator is listed. */
  readonly exports: RunningExports | null;
  follow(signal: AbortSignal): Promise<void>;
}

/** Serves what is known, ready to audit what comes. */
export async function startAuditor(
  parts: AuditorParts,
  starting: AbortSignal = new AbortController().signal,
): Promise<RunningAuditor> {
  const { config, chain, signer, log } = parts;
  const { netuid, audit, watchdog } = config;
  const workloads = auditedWorkloads();
  const rules = rulesFrom(
    config.run,
    workloads.map(({ family }) => family),
  );
  const store = await DirectoryAuditStore.open(audit.directory);
  const registry = createRegistry("auditor");
  const metrics = createMetrics(registry);
  const health = new Health();
  const badTags = new BadTagDirectory(join(audit.directory, "bad-tags"));
  const auditor = new Auditor({
    chain,
    netuid,
    tools: { rules, workloads, verify: verifySr25519Fast },
    manners: mannersOf(config.fetch),
    store,
    signer,
    marginBlocks: audit.marginBlocks,
    historyRuns: audit.historyRuns,
    catchUpRuns: audit.catchUpRuns,
    now: Date.now,
    badTags,
    logs: new LogIndexDirectory(join(audit.directory, "logs")),
  });
  const { lookAgainBlocks } = audit;
  const alerts = openAlerts(config.alerts, log);
  const pass = new AuditPass({ chain, auditor, metrics, alerts, log, lookAgainBlocks });
  let head: BlockNumber = toBlockNumber(0);
  await using resources = new AsyncDisposableStack();
  const version = readVersion();
  const following = { registry, store, rules, alerts, version };
  const followed = await openFollowed(parts, following, starting);
  if (followed !== null) resources.use(followed);
  const served = { health, registry, store, badTags, followed, version };
  const listening = resources.use(await serve(parts, { ...served, head: () => head }));
  const owned = resources.move();
  return {
    url: listening.url,
    store,
    exports: followed?.exports ?? null,
    async follow(signal) {
      const stalled = new AbortController();
      const both = AbortSignal.any([signal, stalled.signal]);
      using dog = new Watchdog({
        name: "blocks",
        warnMs: watchdog.warnSeconds * 1000,
        limitMs: watchdog.limitSeconds * 1000,
        health,
        onStalled: (error) => stalled.abort(error),
      });
      const heads = async function* () {
        for await (const { number } of chain.watchHeads({ signal: both })) {
          head = number;
          metrics.head.set(number);
          dog.fed();
          yield number;
        }
      };
      const look = (_head: BlockNumber, passing: AbortSignal) =>
        audit.runs ? pass.look(passing) : Promise.resolve();
      const runs = (own: AbortSignal) => forLatest(heads(), look, own);
      await together([runs, ...(followed?.loops ?? [])], both);
      stalled.signal.throwIfAborted();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Null, and nothing of it loaded, where no validator is listed. */
async function openFollowed(
  parts: AuditorParts,
  deps: FollowDeps,
  signal: AbortSignal,
): Promise<FollowedExports | null> {
  if (parts.config.validators.length === 0) return null;
  const { followExports } = await import("./follow-exports.ts");
  return await followExports(parts, deps, signal);
}

async function serve(
  { config, signer, log }: AuditorParts,
  deps: {
    readonly health: Health;
    readonly registry: ReturnType<typeof createRegistry>;
    readonly store: DirectoryAuditStore;
    readonly badTags: BadTagDirectory;
    readonly followed: FollowedExports | null;
    readonly version: string;
    readonly head: () => BlockNumber;
  },
): Promise<Listening> {
  const { health, registry, store, badTags, followed, version, head } = deps;
  const { host, port, requestsPerMinute } = config.http;
  const app = await createApp({
    title: "neurond auditor",
    version,
    log,
    health,
    registry,
    statusOf: HTTP_STATUS,
    requestsPerMinute,
  });
  const hotkey = signer === null ? null : hotkeyOf(signer.publicKey);
  serveFindings(app, { netuid: config.netuid, hotkey, version, store, head });
  const audited = async () => {
    const [latest] = await store.latestRuns(1);
    return latest?.statement.validators.map((validator) => validator.hotkey) ?? [];
  };
  if (config.audit.runs) serveBadTags(app, { netuid: config.netuid, audited, inbox: badTags });
  followed?.serve(app);
  return listen(app, { host, port });
}

function mannersOf(fetch: Config["fetch"]): Manners {
  const { maxBodyBytes, maxTotalBytes, bodiesAtOnce, maxLogBytes, validatorsAtOnce } = fetch;
  return {
    http: { timeoutMs: fetch.timeoutSeconds * 1000, busyMs: 5_000 },
    bodies: { maxBodyBytes, maxTotalBytes, atOnce: bodiesAtOnce },
    maxLogBytes,
    validatorsAtOnce,
    copies: fetch.copies,
    beacons: fetch.beacons,
    allowPrivate: fetch.allowPrivate,
  };
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}
