import { join } from "node:path";
import { admitBy, SubnetView } from "@neurond/admission";
import type { Chain, Endpoint, Metagraph } from "@neurond/chain";
import { type Keypair, verifySr25519Fast } from "@neurond/crypto";
import { CodedError, hotkeyOf, parseTao, type Rao } from "@neurond/primitives";
import {
  type App,
  createRegistry,
  Health,
  Lanes,
  type Listening,
  type Logger,
  listen,
  Watchdog,
} from "@neurond/runtime";
import { minerAccessOf, priorityOf, priorityRulesOf } from "@neurond/storage-rules";
import { type ShardStore, VectorThread } from "@neurond/workload-storage/io";
import type { SweepTask } from "@neurond/workload-storage/sweep";
import { type OptionAccess, optionAccess } from "./access/option-access.ts";
import { followPresence } from "./access/presence.ts";
import { RequestLog } from "./access/request-log.ts";
import { createApi } from "./api/api.ts";
import type { Config } from "./config.ts";
import type { MinerCode } from "./errors.ts";
import { followChain } from "./follow-chain.ts";
import { createGates } from "./gates.ts";
import { createMetrics } from "./metrics.ts";
import { createResponders } from "./responders.ts";
import { followReports } from "./self-report/follow-reports.ts";
import { SliceCounters } from "./self-report/slice-counters.ts";
import { collector, countHoldings } from "./storage/collect.ts";
import { followReveals } from "./storage/follow-reveals.ts";
import { keepStorage } from "./storage/keep-storage.ts";
import { RevealBook } from "./storage/reveal-book.ts";

export interface MinerDeps {
  readonly config: Config;
  readonly chain: Chain;
  readonly signer: Pick<Keypair, "publicKey" | "scheme" | "sign">;
  readonly shards: ShardStore;
  readonly version: string;
  readonly log: Logger;
  readonly now?: () => number;
  /** Where the file of requests lies; nobody writes one when absent. */
  readonly stateDirectory?: string | null;
}

/** A miner that serves. */
export interface Miner extends Listening {
  /** Follows the chain until the signal fires; rejects when the chain stands still for too long. */
  follow(signal: AbortSignal): Promise<void>;
}

/** The longest an answer is worked on, whatever its validator waits: 30 s more than 150 GB take. */
const ANSWER_MS = 1_530_000;
/** Whole shards are read for one challenge at a time; others wait for their turn, or their deadline. */
const MAX_WHOLE_WAITING = 64;
/** Shards whose commitments are to be made again: a validator whose turn does not come asks later. */
const MAX_CHECKS_WAITING = 64;
const busy = () => new CodedError<MinerCode>("BUSY", "the disk is busy; try again in a second");

/** Begins to serve. Nobody is admitted until `follow` has seen the subnet. */
export async function startMiner(deps: MinerDeps): Promise<Miner> {
  const { config, chain, signer, shards, version, log, now = Date.now } = deps;
  const { netuid, storage, access, http } = config;
  const hotkey = hotkeyOf(signer.publicKey);
  const registry = createRegistry("miner");
  const metrics = createMetrics(registry);
  const health = new Health();
  const view = new SubnetView<Metagraph>({
    staleMs: access.staleSeconds * 1000,
    now: () => performance.now(),
  });
  const uploadMs = storage.uploadSeconds * 1000;
  const { maxShardBytes } = storage;
  const minStakeRao = parseTao(access.minStakeTao);
  const { admit, charge } = accessOf(config, view, { minStakeRao, now });
  const requests = requestLogOf(deps);
  const priorityRules = priorityRulesOf(config);
  const gates = createGates({
    hotkey,
    netuid,
    admit,
    maxShardBytes,
    uploadMs,
    metrics,
    charge(principal, route) {
      requests?.note(principal.hotkey, route, now() / 1_000);
      return charge(principal);
    },
  });
  const disk = new Lanes({ width: storage.readsAtOnce, busy });
  const sign = (digest: Uint8Array) => signer.sign(digest);
  const { directory, quotaBytes, graceBlocks, periodBlocks, reveals } = storage;
  const kept = await keepStorage({ settings: storage, shards, disk, metrics, log });
  const { tags, sweeps, onUnreadable } = kept;
  const book = new RevealBook(join(directory, "reveals.json"));
  const refusesSweep = async ({ validator, beacon }: SweepTask) =>
    reveals.refuseWithholders && (await book.isOverdue(validator, beacon.block));
  const answering = { miner: hotkey, sign, shards, tags, sweeps, refusesSweep, onUnreadable };
  const responders = createResponders(answering);
  const workloads = responders.map(({ workload }) => workload);
  const lengthMs = config.report.sliceMinutes * 60_000;
  const counters = new SliceCounters(lengthMs, now);
  const block = () => chain.status().best?.number ?? 0;
  const rules = { netuid, miner: hotkey, maxShardBytes, verify: verifySr25519Fast };
  const taking = {
    shards,
    rules,
    sign,
    gate: gates.upload,
    lanes: new Lanes({ width: storage.uploadsAtOnce, busy }),
    uploadMs,
    metrics,
  };
  const vectors = new VectorThread();
  const app = await createApi({
    log,
    health,
    registry,
    requestsPerMinute: http.requestsPerMinute,
    status: { netuid, hotkey, version, workloads, maxShardBytes, block },
    uploads: taking,
    tags: { ...taking, tags },
    renewals: {
      shards,
      rules,
      sign,
      gate: gates.question,
      commitments: {
        shards,
        vectors,
        lane: new Lanes({ width: 1, maxWaiting: MAX_CHECKS_WAITING, busy }),
        maxBytes: storage.checkCommitmentsBytes,
      },
    },
    shards: {
      shards,
      tags,
      onUnreadable,
      gate: gates.question,
      disk,
      downloadMs: uploadMs,
      metrics,
    },
    holdings: {
      source: { shards, tags, directory, quotaBytes, block },
      gate: gates.operator,
    },
    challenges: {
      responders,
      gate: gates.question,
      lanes: { some: disk, whole: new Lanes({ width: 1, maxWaiting: MAX_WHOLE_WAITING, busy }) },
      metrics,
      onAnswered: (workload, validator, seconds) => counters.answered(workload, validator, seconds),
      priority: ({ standing }) => {
        return (waitedMs) => priorityOf(standing?.stakeRao, waitedMs, priorityRules);
      },
      answerMs: ANSWER_MS,
    },
  });
  const server = config["miner.no_start_axon"] ? await unheard(app) : await listen(app, http);
  metrics.quotaBytes.set(quotaBytes);
  countHoldings({ shards, tags, metrics });
  const collect = collector({ shards, tags, graceBlocks, periodBlocks, metrics, log });
  const follow = async (signal: AbortSignal) => {
    const stalled = Promise.withResolvers<never>();
    using watchdog = new Watchdog({
      name: "chain",
      warnMs: config.watchdog.warnSeconds * 1000,
      limitMs: config.watchdog.limitSeconds * 1000,
      health,
      onStalled: stalled.reject,
    });
    const endpoint = endpointOf(config.axon, server.port);
    const following = {
      chain,
      netuid,
      signer,
      view,
      endpoint,
      collect,
      health,
      watchdog,
      metrics,
      log,
    };
    const presenceSeconds = config["miner.seconds_to_wait_to_log_presence_message"];
    const reporting = { chain, netuid, signer, view, counters, minStakeRao, metrics, log, now };
    const revealed = {
      shards,
      tags,
      evidence: reveals.evidence,
      auditors: reveals.auditors,
      netuid,
      miner: hotkey,
      view,
      book,
      allowPrivate: config.report.allowPrivateValidators,
      metrics,
      log,
    };
    const loops = [
      kept.scrub(signal),
      ...(reveals.enabled ? [followReveals(revealed, reveals.everySeconds, signal)] : []),
      followChain(following, signal),
      followPresence({ hotkey, view, requests, block, log }, presenceSeconds, signal),
      ...(config.report.enabled ? [followReports(reporting, config.report, signal)] : []),
    ];
    await Promise.race([Promise.all(loops), stalled.promise]);
  };
  return {
    ...server,
    follow,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await vectors[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
}

/** Who may call, and how often: by the section `access`, or by the options of a storage subnet. */
function accessOf(
  config: Config,
  view: SubnetView<Metagraph>,
  { minStakeRao, now }: { readonly minStakeRao: Rao; readonly now: () => number },
): OptionAccess {
  const { allow, deny, rules } = config.access;
  if (rules === "options") return optionAccess(() => view.current(), minerAccessOf(config), now);
  const admit = admitBy(() => view.current(), {
    allow: new Set(allow),
    deny: new Set<string>(deny),
    neurons: { requirePermit: true, minStakeRao, stakeKind: "total" },
  });
  return { admit, charge: () => null };
}

function requestLogOf({ config, stateDirectory }: MinerDeps): RequestLog | null {
  if (stateDirectory === undefined || stateDirectory === null) return null;
  return new RequestLog(join(stateDirectory, config["miner.request_log_name"]));
}

/** A miner that is not to serve opens no port; the chain is followed all the same. */
async function unheard(app: App): Promise<Listening> {
  await app.ready();
  return { url: "", port: 0, [Symbol.asyncDispose]: () => app.close() };
}

/** Where to announce us; null when that is not to be announced. */
function endpointOf({ announce, externalIp, externalPort }: Config["axon"], port: number) {
  if (!announce || externalIp === undefined) return null;
  return { ip: externalIp, port: externalPort ?? port } satisfies Endpoint;
}
