import type { Keypair } from "@neurond/crypto";
import { hotkeyOf, isCoded } from "@neurond/primitives";
import { createRegistry, Health, type Listening, type Logger, listen } from "@neurond/runtime";
import type { Vault } from "@neurond/s3";
import {
  AccessKeys,
  BlobGarbage,
  type Database,
  ObjectGrants,
  PostgresObjectIndex,
  RepairQueue,
} from "@neurond/store";
import { admitByLists } from "./access.ts";
import { createApi } from "./api/api.ts";
import { type CleanDeps, keepClean } from "./clean.ts";
import type { Config } from "./config.ts";
import { Custodian } from "./custody/custodian.ts";
import { Files } from "./files.ts";
import { createGates } from "./gates.ts";
import { listenGateway } from "./gateway/listen-gateway.ts";
import { secretBox } from "./keys/box.ts";
import { KeyRing } from "./keys/key-ring.ts";
import { Lanes } from "./lanes.ts";
import { createMetrics } from "./metrics.ts";
import type { NodeNetwork } from "./network/node-network.ts";
import { Repairs } from "./repair/repairs.ts";
import { countedVault } from "./vault/counted-vault.ts";

export interface StorageApiDeps {
  readonly config: Config;
  readonly signer: Keypair;
  readonly database: Database;
  /** Where bytes go. */
  readonly vault: Vault;
  /** All blobs of a vault that can list them: those that a crash left are found and removed. */
  readonly found?: CleanDeps["found"];
  /** Where files are on the network, for a vault that keeps them there. */
  readonly network?: NodeNetwork;
  readonly version: string;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now?: () => number;
}

/** An API node that serves. */
export interface StorageApi extends AsyncDisposable {
  readonly http: Listening;
  /** Null where it is switched off. */
  readonly gateway: Listening | null;
  readonly keys: KeyRing;
  /** Removes what is not needed any more until the signal fires. */
  run(signal: AbortSignal): Promise<void>;
}

const DAY_MS = 86_400_000;

const custodyLimits = ({ custody }: Config) => ({
  files: custody.maxFiles,
  bytes: custody.maxBytes,
  filesOfOwner: custody.maxFilesOfOwner,
});

/** Begins to serve. */
export async function startStorageApi(deps: StorageApiDeps): Promise<StorageApi> {
  const { config, signer, database, version, log, now = Date.now } = deps;
  const { gateway, files: limits, wire, access, cleaning } = config;
  await using resources = new AsyncDisposableStack();
  const registry = createRegistry("storage-api");
  const metrics = createMetrics(registry);
  const health = new Health();
  const vault = countedVault(deps.vault, metrics);
  const graceMs = cleaning.graceSeconds * 1000;
  const index = new PostgresObjectIndex(database.kysely, { now, graceMs });
  const grants = new ObjectGrants(database.kysely);
  const { maxBucketsPerOwner } = gateway;
  const files = new Files({ index, grants, vault, maxBucketsPerOwner, now });
  const secret = signer.exportSecret();
  const box = secretBox(secret);
  secret.fill(0);
  const keys = new KeyRing({ keys: new AccessKeys(database.kysely), box, now });
  const uploadMs = limits.uploadSeconds * 1000;
  const gates = createGates({
    hotkey: hotkeyOf(signer.publicKey),
    netuid: config.netuid,
    admit: admitByLists(access),
    maxFileBytes: limits.maxFileBytes,
    uploadMs,
    maxWireBytes: wire.maxFileBytes * 2,
    metrics,
  });
  const queue = deps.network ? new RepairQueue(database.kysely) : null;
  const custodian =
    deps.network && config.repair.enabled && config.custody.enabled
      ? new Custodian({ ...deps.network, limits: custodyLimits(config), now })
      : null;
  const app = await createApi({
    log,
    health,
    registry,
    version,
    requestsPerMinute: config.http.requestsPerMinute,
    files: {
      files,
      question: gates.question,
      upload: gates.upload,
      lanes: new Lanes(limits.uploadsAtOnce),
      uploadMs,
      maxFileBytes: limits.maxFileBytes,
      now,
    },
    repairs: queue && { queue, question: gates.question },
    custody: custodian && { custodian, netuid: config.netuid, question: gates.question },
    wire: wire.enabled
      ? { ...wire, files, gate: gates.wire, lanes: new Lanes(wire.atOnce), signer, now }
      : null,
  });
  const http = resources.use(await listen(app, config.http));
  const denied = new Set<string>(access.blacklist);
  const credentials = {
    find: async (accessKeyId: string) => {
      const found = await keys.find(accessKeyId);
      return found !== null && denied.has(found.owner) ? null : found;
    },
  };
  const mayRead = files.mayRead.bind(files);
  const served = { index, vault, credentials, mayRead, metrics, log, now };
  const s3 = gateway.enabled ? resources.use(await listenGateway(served, gateway)) : null;
  let problem: string | undefined;
  health.requireReady("database", () => problem);
  const clean: CleanDeps = {
    index,
    garbage: new BlobGarbage(database.kysely),
    vault,
    ...(deps.found && { found: deps.found }),
    metrics,
    log,
    onPass: (failure) => {
      problem = failure === null ? undefined : isCoded(failure) ? failure.code : "see the log";
    },
    now,
  };
  const rules = {
    everyMs: cleaning.everySeconds * 1000,
    uploadMs: cleaning.uploadDays * DAY_MS,
  };
  const { everySeconds, enabled, ...pace } = config.repair;
  const repairs =
    deps.network && queue && enabled
      ? new Repairs(
          { ...deps.network, queue, metrics, log, now },
          { ...pace, everyMs: everySeconds * 1000 },
        )
      : null;
  const owned = resources.move();
  return {
    http,
    gateway: s3,
    keys,
    async run(signal) {
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      const ended = (error: unknown) => stop.abort(error);
      await Promise.all([
        keepClean(clean, rules, both).catch(ended),
        repairs?.run(both).catch(ended),
      ]);
      stop.signal.throwIfAborted();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
