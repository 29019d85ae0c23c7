import { admitBy, SubnetView } from "@neurond/admission";
import type { Chain, Endpoint, Metagraph } from "@neurond/chain";
import { type Keypair, verifySr25519Fast } from "@neurond/crypto";
import { hotkeyOf, parseTao } from "@neurond/primitives";
import {
  createRegistry,
  Health,
  type Listening,
  type Logger,
  listen,
  Watchdog,
} from "@neurond/runtime";
import type { ShardStore } from "@neurond/workload-storage/io";
import { createApi } from "./api/api.ts";
import type { Config } from "./config.ts";
import { followChain } from "./follow-chain.ts";
import { createGates } from "./gates.ts";
import { Lanes } from "./lanes.ts";
import { createMetrics } from "./metrics.ts";
import { createResponders } from "./responders.ts";
import { followReports } from "./self-report/follow-reports.ts";
import { SliceCounters } from "./self-report/slice-counters.ts";

export interface MinerDeps {
  readonly config: Config;
  readonly chain: Chain;
  readonly signer: Pick<Keypair, "publicKey" | "scheme" | "sign">;
  readonly shards: ShardStore;
  readonly version: string;
  readonly log: Logger;
  readonly now?: () => number;
}

/** A miner that serves. */
export interface Miner extends Listening {
  /** Follows the chain until the signal fires; rejects when the chain stands still for too long. */
  follow(signal: AbortSignal): Promise<void>;
}

/** The longest an answer is worked on; validators give up sooner. */
const ANSWER_MS = 60_000;
/** Requests may wait for the disk, this many for each that is served. */
const WAITING_PER_LANE = 8;

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
  const admit = admitBy(() => view.current(), {
    allow: new Set(access.allow),
    deny: new Set<string>(access.deny),
    neurons: { requirePermit: true, minStakeRao, stakeKind: "total" },
  });
  const gates = createGates({ hotkey, netuid, admit, maxShardBytes, uploadMs, metrics });
  const lanesOf = (width: number) => new Lanes({ width, maxWaiting: width * WAITING_PER_LANE });
  const disk = lanesOf(storage.readsAtOnce);
  const sign = (digest: Uint8Array) => signer.sign(digest);
  const responders = createResponders({ miner: hotkey, sign, shards });
  const workloads = responders.map(({ workload }) => workload);
  const lengthMs = config.report.sliceMinutes * 60_000;
  const counters = new SliceCounters(lengthMs, now);
  const block = () => chain.status().best?.number ?? 0;
  const app = await createApi({
    log,
    health,
    registry,
    requestsPerMinute: http.requestsPerMinute,
    status: { netuid, hotkey, version, workloads, maxShardBytes, block },
    uploads: {
      shards,
      rules: { netuid, miner: hotkey, maxShardBytes, verify: verifySr25519Fast },
      sign,
      gate: gates.upload,
      lanes: lanesOf(storage.uploadsAtOnce),
      uploadMs,
      metrics,
    },
    shards: { shards, gate: gates.question, disk, downloadMs: uploadMs, metrics },
    challenges: {
      responders,
      gate: gates.question,
      disk,
      metrics,
      onAnswered: (workload, validator, seconds) => counters.answered(workload, validator, seconds),
      answerMs: ANSWER_MS,
    },
  });
  const server = await listen(app, http);
  metrics.quotaBytes.set(storage.quotaBytes);
  const count = () => {
    metrics.shards.set(shards.list().length);
    metrics.storedBytes.set(shards.usedBytes);
  };
  const collect = async (at: number) => {
    const names = await shards.collect(at, storage.graceBlocks);
    metrics.collected.inc(names.length);
    if (names.length > 0) log.info({ shards: names.length }, "shards deleted after their time");
    count();
  };
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
    const reporting = { chain, netuid, signer, view, counters, minStakeRao, metrics, log, now };
    const loops = [
      followChain(following, signal),
      ...(config.report.enabled ? [followReports(reporting, config.report, signal)] : []),
    ];
    await Promise.race([Promise.all(loops), stalled.promise]);
  };
  return { ...server, follow };
}

/** Where to announce us; null when that is not to be announced. */
function endpointOf({ announce, externalIp, externalPort }: Config["axon"], port: number) {
  if (!announce || externalIp === undefined) return null;
  return { ip: externalIp, port: externalPort ?? port } satisfies Endpoint;
}
