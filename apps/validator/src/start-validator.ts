import { setTimeout as sleep } from "node:timers/promises";
import type { BlockNumber } from "@neurond/primitives";
import { announceReady, createRegistry, Health, listen, Watchdog } from "@neurond/runtime";
import { announceAxon } from "./announce-axon.ts";
import { createApi } from "./api/api.ts";
import { type ComposedValidator, composeValidator } from "./compose.ts";
import type { Config } from "./config.ts";
import { keepPolling } from "./discovery/poll-miners.ts";
import { createExporter } from "./exports/create-exporter.ts";
import { type Exporter, followExports } from "./exports/exporter.ts";
import { followHeads } from "./follow-heads.ts";
import { workloadOf } from "./jobs/job-parts.ts";
import { followJobs } from "./jobs/run-jobs.ts";
import { attempt } from "./pass.ts";
import { fullMiners, takers } from "./rewards/live-book.ts";
import { storageRoutes } from "./storage/passing/routes.ts";
import { keepProvable } from "./storage/upkeep/keep-provable.ts";
import { Upkeep } from "./storage/upkeep/upkeep.ts";
import type { ValidatorParts } from "./validator-parts.ts";
import { readVersion } from "./version.ts";

/** About a minute. */
const UPKEEP_BLOCKS = 5;
const POLL_MS = 500;

/** A validator that serves, and will follow the chain when it is told to. */
export interface RunningValidator extends AsyncDisposable {
  readonly url: string;
  readonly validator: ComposedValidator;
  /** Null where nothing is published. */
  readonly exporter: Exporter | null;
  /** Hears of the head that answers and phases go by. */
  saw(head: BlockNumber): void;
  /** Looks once after what keeps files over time: who left, what expired, what is to be forgotten. */
  upkeep(signal: AbortSignal): Promise<void>;
  /** Does the work until the signal fires. Rejects when only a restart helps. */
  run(signal: AbortSignal): Promise<void>;
}

/** Composes a validator and opens its HTTP port. */
export async function startValidator(parts: ValidatorParts): Promise<RunningValidator> {
  const { config, chain, log } = parts;
  const registry = createRegistry("validator");
  const health = new Health();
  const validator = await composeValidator(parts, { registry, health });
  const exporter = createExporter(validator, config.exports);
  await using acquired = new AsyncDisposableStack();
  let head = (await chain.head()).number;
  const given = storageRoutes(validator, config, () => head, acquired);
  const room = { identity: validator.identity, stores: validator.stores, head: () => head };
  const full = fullMiners(
    { ...room, workload: workloadOf(validator) },
    { roomBytes: config.storage.maxShardBytes, maxShards: config.storage.maxShards },
  );
  const storage = { ...given, takers: takers(given.miners, full) };
  const app = await createApi(validator, {
    version: readVersion(),
    health,
    registry,
    requestsPerMinute: config.http.requestsPerMinute,
    scoresPerMinute: config.http.scoresPerMinute,
    requestTimeoutMs: config.storage.transferSeconds * 1000,
    head: () => head,
    storage,
    exporter,
    exports: config.exports,
  });
  const saw = (number: BlockNumber) => {
    head = number;
    validator.weightsWatch.saw(number);
    validator.metrics.weightsAge.set(validator.weightsWatch.age());
  };
  const upkeep = new Upkeep({
    ...storage,
    ...{ chain, validator, stores: validator.stores, rules: validator.rules },
    workload: workloadOf(validator),
    proofs: validator.stores.proofs,
    graceBlocks: config.storage.graceBlocks,
    uploadBlocks: config.storage.uploadBlocks,
  });
  const server = acquired.use(await listen(app, config.http));
  log.info({ url: server.url, hotkey: validator.identity.hotkey }, "validator listens");
  const resources = acquired.move();
  return {
    url: server.url,
    validator,
    exporter,
    saw,
    upkeep: (signal) => upkeep.pass(head, signal),
    async run(signal) {
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      using watchdog = headWatchdog(config, health, (error) => stop.abort(error));
      const announce = announcer(validator, config, server.port);
      const onHead = (number: BlockNumber) => {
        watchdog.fed();
        saw(number);
      };
      announceReady();
      const polling = keepPolling(validator, both).catch((error) => stop.abort(error));
      const exporting =
        exporter && followExports(exporter, both).catch((error) => stop.abort(error));
      const giving = { ...storage, miners: storage.takers };
      const directory = parts.stateDirectory ?? config.jobs.directory;
      const options = { config, directory, giving, head: () => head };
      const jobs =
        config.jobs.enabled &&
        followJobs(validator, options, both).catch((error) => stop.abort(error));
      const keeping = keepUp(validator, upkeep, () => head, both).catch((error) =>
        stop.abort(error),
      );
      const { proofs } = validator.stores;
      const proving = keepProvable(validator, { ...storage, proofs }, () => head, both).catch(
        (error) => stop.abort(error),
      );
      try {
        await followHeads(validator, { onHead, announce }, both);
        // The loops end quietly when they are told to; who told them may have had a reason to fail.
        stop.signal.throwIfAborted();
      } catch (error) {
        if (stop.signal.aborted) throw stop.signal.reason;
        throw error;
      } finally {
        stop.abort();
        await Promise.all([polling, exporting, jobs, keeping, proving]);
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Keeps files over time, a pass every few blocks, apart from the runs: a slow miner must not hold those up. */
async function keepUp(
  validator: ComposedValidator,
  upkeep: Upkeep,
  head: () => BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  for (let due = 0; !signal.aborted; ) {
    const at = head();
    if (at >= due) {
      due = at + UPKEEP_BLOCKS;
      await attempt(validator, "upkeep", signal, () => upkeep.pass(at, signal)).catch((error) => {
        if (!signal.aborted) throw error;
      });
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function headWatchdog(config: Config, health: Health, onStalled: (error: Error) => void) {
  const { warnSeconds, limitSeconds } = config.watchdog;
  const limits = { warnMs: warnSeconds * 1000, limitMs: limitSeconds * 1000 };
  return new Watchdog({ name: "blocks", ...limits, health, onStalled });
}

/** Says where we serve, with each block until the chain says so too. */
function announcer(
  { chain, identity, log }: ComposedValidator,
  { axon }: Config,
  boundPort: number,
): (signal: AbortSignal) => Promise<void> {
  const { netuid, hotkey, signer } = identity;
  const { externalIp: ip, externalPort: port = boundPort } = axon;
  let isDone = !axon.announce || ip === undefined;
  if (axon.announce && ip === undefined) {
    log.warn({}, "axon not announced: peers cannot hear us; set axon.externalIp");
  }
  return async (signal) => {
    if (isDone || ip === undefined) return;
    const about = { netuid, hotkey, endpoint: { ip, port } };
    isDone = await announceAxon({ chain, signer, log }, about, signal);
  };
}
