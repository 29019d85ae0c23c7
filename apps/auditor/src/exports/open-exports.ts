import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Rules } from "@neurond/audit";
import { auditedWorkloads } from "@neurond/audit";
import type { AuditStore } from "@neurond/audit/io";
import { type Chain, connectChain } from "@neurond/chain";
import type { AuditState, ValidatorSetting } from "@neurond/ingest";
import {
  type AuditSettings,
  chainSubnet,
  chainWitness,
  ExportAuditor,
  followCommitments,
  httpSource,
  retryEntries,
} from "@neurond/ingest/io";
import { CodedError, type Hotkey } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import { type Database, openDatabase, PostgresAuditState } from "@neurond/store";
import { openWarehouse, type Warehouse } from "@neurond/warehouse";
import type { Config } from "../config.ts";
import { together } from "../together.ts";
import type { ExportMetrics } from "./metrics.ts";
import { openArchive } from "./open-archive.ts";
import { WatchedValidator } from "./watched-validator.ts";

/** What auditing exports takes. */
export interface ExportsDeps {
  readonly config: Config;
  readonly chain: Chain;
  readonly metrics: ExportMetrics;
  /** Audits of runs by their logs. */
  readonly store: Pick<AuditStore, "readRun">;
  readonly rules: Pick<Rules, "minTasks">;
  readonly log: Logger;
  /** Whether entries that were put aside are tried once more. */
  readonly recovers: boolean;
}

/** Called after each look at a validator. */
export type AfterLook = (validator: WatchedValidator, signal: AbortSignal) => Promise<void>;

/** The audit of exports: ready, and idle until `follow`. */
export interface RunningExports extends AsyncDisposable {
  readonly validators: readonly WatchedValidator[];
  readonly state: AuditState;
  /** The loaded week of each validator. */
  readonly windows: ReadonlyMap<Hotkey, Warehouse>;
  /** Where state is kept, for what else this daemon keeps. */
  readonly database: Database;
  /** Looks at every validator in turn until the signal aborts; late looks are skipped, never queued. */
  follow(signal: AbortSignal, after?: AfterLook): Promise<void>;
}

/** Opens database and windows of the validators in the list. */
export async function openExports(deps: ExportsDeps, signal: AbortSignal): Promise<RunningExports> {
  const { config, chain } = deps;
  await using resources = new AsyncDisposableStack();
  const { url, directory, schema } = config.database;
  const database = resources.use(
    await openDatabase({ url: url?.reveal(), directory, schema, signal }),
  );
  const state = new PostgresAuditState(database.kysely);
  const archives = archiveClients(config.verify.archives, resources, signal);
  const archiveOf = openArchive(config.exports.archive, resources);
  const validators: WatchedValidator[] = [];
  const windows = new Map<Hotkey, Warehouse>();
  for (const setting of config.validators) {
    if (deps.recovers) await retryEntries(state, setting.hotkey);
    validators.push(await watch(deps, setting, state, archives, resources));
  }
  const owned = resources.move();
  return {
    validators,
    state,
    windows,
    database,
    follow: (following, after) => follow(deps, validators, state, following, after),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };

  async function watch(
    { metrics, store, rules, log }: ExportsDeps,
    setting: ValidatorSetting,
    kept: AuditState,
    others: readonly (() => Promise<Chain>)[],
    stack: AsyncDisposableStack,
  ): Promise<WatchedValidator> {
    const { exports, netuid } = config;
    const own = join(exports.directory, setting.hotkey);
    const warehouse = stack.use(
      await openWarehouse({
        directory: join(own, "window"),
        archive: archiveOf(setting.hotkey),
        memoryLimitBytes: exports.memoryBytes,
        threads: exports.threads,
      }),
    );
    windows.set(setting.hotkey, warehouse);
    const auditor = new ExportAuditor({
      validator: setting.hotkey,
      source: httpSource({ url: setting.url, allowPrivate: exports.allowPrivate }),
      witness: chainWitness({ netuid, chain, archives: others, seen: kept }),
      readSubnet: chainSubnet(chain, netuid),
      state: kept,
      warehouse,
      settings: settingsOf(config, join(own, "reports")),
      runRules: {
        workloads: auditedWorkloads().map(({ workload }) => workload),
        // The rules of this configuration are the subnet's only where its runs are audited.
        minTasks: config.audit.runs ? rules.minTasks : null,
      },
      now: Date.now,
    });
    return new WatchedValidator({
      setting,
      auditor,
      state: kept,
      store,
      metrics,
      log,
      now: Date.now,
    });
  }
}

async function follow(
  deps: ExportsDeps,
  validators: readonly WatchedValidator[],
  state: AuditState,
  signal: AbortSignal,
  after?: AfterLook,
): Promise<void> {
  const pauseMs = deps.config.exports.intervalSeconds * 1_000;
  const repeat = (work: (signal: AbortSignal) => Promise<void>) => async (own: AbortSignal) => {
    while (!own.aborted) {
      await work(own);
      await sleep(pauseMs, undefined, { signal: own });
    }
  };
  // Side by side: a validator whose API is slow, or wants to be, holds up no other.
  const looks = validators.map((validator) =>
    repeat(async (own) => {
      await validator.look(own);
      await after?.(validator, own);
    }),
  );
  await together([repeat((own) => note(deps, state, own)), ...looks], signal);
}

/** Notes what is committed as it becomes final, so that entries need not be looked up. */
async function note(
  { chain, config, metrics, log }: ExportsDeps,
  state: AuditState,
  signal: AbortSignal,
): Promise<void> {
  const { netuid, exports } = config;
  try {
    const { number } = await chain.head({ at: "finalized", signal });
    const following = { chain, netuid, state, catchUpBlocks: exports.catchUpBlocks };
    await followCommitments(following, number, signal);
    metrics.followed.set(number);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CodedError)) throw error;
    log.warn({ code: error.code, error }, "commitments not noted; entries are looked up instead");
  }
}

/** Each is connected when it is first needed, and then kept. */
function archiveClients(
  endpoints: readonly string[],
  resources: AsyncDisposableStack,
  signal: AbortSignal,
): readonly (() => Promise<Chain>)[] {
  return endpoints.map((endpoint) => {
    let opened: Chain | null = null;
    return async () => {
      opened ??= resources.use(await connectChain({ endpoints: [endpoint] }, signal));
      return opened;
    };
  });
}

function settingsOf(config: Config, directory: string): AuditSettings {
  const { exports, verify, reconcile, scoring } = config;
  return {
    directory,
    limits: {
      validatorReport: exports.maxReportBytes,
      minerReport: exports.maxMinerReportBytes,
      csv: exports.maxCsvBytes,
    },
    first: verify.method,
    policy: verify.policy,
    tree: verify.tree,
    retries: "later",
    atOnce: exports.atOnce,
    reconcile: reconcile.mode,
    profile: scoring.profile,
    skipsMiners: exports.skipMinerAudits,
    comparesCounters: exports.minerAgreement,
    hours: exports.retentionDays * 24,
    retentionHours: exports.retentionDays * 24,
  };
}
