import { setTimeout as sleep } from "node:timers/promises";
import { CodedError, type Hex, isAbort, isCoded } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import { repairSegment, type StorageNetwork, type ValidatorNetwork } from "@neurond/storage-client";
import type { Custody, EndangeredSegment, QueuedRepair, RepairQueue } from "@neurond/store";
import { type Manifest, withRepair } from "@neurond/workload-storage/file";
import type { StorageApiCode } from "../errors.ts";
import type { StorageApiMetrics } from "../metrics.ts";
import type { NodeFiles } from "../network/node-files.ts";
import type { Validators } from "../network/validators.ts";
import { releaseOverdue } from "./release-overdue.ts";
import { type RenewDeps, renewDue } from "./renew-due.ts";
import { thresholdOf } from "./threshold.ts";
import { Throttle } from "./throttle.ts";

export interface RepairRules {
  /** Live shards of 24 at or below which a segment is repaired; see `thresholdOf`. */
  readonly threshold: number;
  readonly bytesPerSecond: number;
  readonly atOnce: number;
  readonly everyMs: number;
}

export interface RepairDeps extends RenewDeps {
  readonly queue: RepairQueue;
  readonly files: NodeFiles;
  readonly custody: Custody;
  readonly validators: Validators;
  readonly metrics: Pick<StorageApiMetrics, "repairs" | "repairBytes" | "repairQueue" | "spare">;
  readonly log: Logger;
}

/**
 * Whoever took a repair and died gives it back after so long, and so does a database that died before
 * it answered: somebody who works goes on saying so.
 */
const LEASE_MS = 60_000;
/** What fails again and again waits for so many looks at most. */
const LONGEST_WAIT_LOOKS = 10;
const IDLE_MS = 2_000;
const MAX_DECLINED = 100_000;

/**
 * Keeps the node's files whole, and those that owners entrusted to it: asks validators which segments lack shards, queues those at or below
 * the threshold, and repairs the most endangered first. All state is in Postgres and at validators,
 * so a repair that was cut short anywhere is made again and comes to the same.
 */
export class Repairs {
  readonly #deps: RepairDeps;
  readonly #rules: RepairRules;
  readonly #throttle: Throttle;
  /** Files that name us as their custodian and were never taken on. */
  readonly #declined = new Set<Hex>();

  constructor(deps: RepairDeps, rules: RepairRules) {
    this.#deps = deps;
    this.#rules = rules;
    this.#throttle = new Throttle(rules.bytesPerSecond);
  }

  /** Works until the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#forever(signal, 0, () => this.#deps.queue.reclaim(this.#deps.now()), true);
    const looking = this.#forever(signal, this.#rules.everyMs, async () => {
      await this.look(signal);
      await renewDue(this.#deps, signal);
      await releaseOverdue(this.#deps, signal);
    });
    const lanes = Array.from({ length: this.#rules.atOnce }, () =>
      this.#forever(signal, IDLE_MS, async () => {
        while (await this.repairNext(signal));
      }),
    );
    await Promise.all([looking, ...lanes]);
  }

  /** Reads what validators say is endangered, page by page, into the queue; how many are new. */
  async look(signal: AbortSignal): Promise<number> {
    const { validators, queue, metrics, now } = this.#deps;
    let added = 0;
    for (const network of await validators.all(signal)) {
      for (let after: Parameters<ValidatorNetwork["endangered"]>[0] = null; ; ) {
        const { files, next } = await network.endangered(after, signal);
        await this.#reconsider(files.map(({ fileId }) => fileId));
        added += await queue.offer(this.#weak(network.hotkey, files), now());
        if (next === null) break;
        after = next;
      }
    }
    const { waiting, leastSpare } = await queue.standing();
    metrics.repairQueue.set(waiting);
    metrics.spare.set(leastSpare ?? Number.NaN);
    return added;
  }

  /** Takes one repair and makes it; false when none is due. */
  async repairNext(signal: AbortSignal): Promise<boolean> {
    const { queue, metrics, log, now } = this.#deps;
    const taken = await queue.take(now(), LEASE_MS);
    if (taken === null) return false;
    const about = { file: taken.fileId, segment: taken.segment };
    try {
      const unplaced = await this.#repairHeld(taken, signal);
      if (unplaced.length > 0) throw unplacedError(unplaced.length);
      await queue.done(taken);
      metrics.repairs.inc({ result: "repaired" });
      log.info(about, "a segment is whole");
    } catch (error) {
      signal.throwIfAborted();
      const looks = Math.min(LONGEST_WAIT_LOOKS, 2 ** Math.min(10, taken.failures));
      const pauseMs = looks * this.#rules.everyMs;
      const detail = error instanceof Error ? error.message : String(error);
      await queue.failed(taken, detail.slice(0, 500), now() + pauseMs);
      metrics.repairs.inc({ result: isCoded(error, "SHARDS_UNTAKEN") ? "partly" : "failed" });
      log.warn({ error, ...about }, "a repair is put off");
    }
    return true;
  }

  async #repairHeld(taken: QueuedRepair, signal: AbortSignal): Promise<readonly number[]> {
    const working = new AbortController();
    const holding = this.#hold(taken, AbortSignal.any([signal, working.signal]));
    try {
      return await this.#repair(taken, signal);
    } finally {
      working.abort();
      await holding;
    }
  }

  /** Nobody else gets a repair until the signal fires; where the database cannot be told, it may. */
  async #hold(taken: QueuedRepair, signal: AbortSignal): Promise<void> {
    const { queue, now } = this.#deps;
    const pause = () => sleep(LEASE_MS / 3, true, { signal, ref: false }).catch(() => false);
    while (await pause()) await queue.hold(taken, now(), LEASE_MS).catch(() => undefined);
  }

  /** Repairs what is lost of a segment by now; indices that found no miner. */
  async #repair(
    { fileId, segment, validator }: QueuedRepair,
    signal: AbortSignal,
  ): Promise<readonly number[]> {
    const { files, custody, validators, metrics } = this.#deps;
    const network = await validators.of(validator, signal);
    const manifest = await files.manifestOf({ fileId, validator }, signal);
    if (manifest === null) {
      // It was deleted meanwhile, or its owner trusts another.
      await custody.release(fileId);
      return [];
    }
    if (!(await this.#isOurs(manifest))) return [];
    const health = await network.health(fileId, signal);
    const lost = health.segments.find((one) => one.segment === segment)?.lost ?? [];
    if (lost.length === 0) return [];
    const sealSecret = files.sealSecretOf(manifest);
    try {
      const done = await repairSegment({
        ...{ manifest, segment, sealSecret, custodian: files.owner, signal },
        lost: lost.map(({ i }) => i),
        network: this.#slowly(network, signal),
        sign: files.sign,
      });
      metrics.repairBytes.inc(done.bytes);
      if (done.repair !== null) {
        await network.keepRepair(fileId, done.repair, signal);
        const repaired = withRepair(manifest, done.repair);
        await files.update(repaired);
        await validators.copy(repaired, validator, signal);
      }
      return done.unplaced;
    } finally {
      sealSecret.fill(0);
    }
  }

  /** Owners may name us without asking; such files are passed over from then on. */
  async #isOurs({ id, owner }: Manifest): Promise<boolean> {
    const { files, custody } = this.#deps;
    if (owner === files.owner || (await custody.get(id)) !== null) return true;
    if (this.#declined.size >= MAX_DECLINED) this.#declined.clear();
    this.#declined.add(id);
    return false;
  }

  /** Of those passed over, some may have been taken on meanwhile. */
  async #reconsider(fileIds: readonly Hex[]): Promise<void> {
    const declined = fileIds.filter((id) => this.#declined.has(id));
    for (const id of await this.#deps.custody.among(declined)) this.#declined.delete(id);
  }

  #weak(
    validator: string,
    files: Awaited<ReturnType<ValidatorNetwork["endangered"]>>["files"],
  ): readonly EndangeredSegment[] {
    return files.flatMap(({ fileId, segments }) =>
      segments
        .filter(({ k, n, live }) => live <= thresholdOf(k, n, this.#rules.threshold))
        .filter(() => !this.#declined.has(fileId))
        .map(({ lost, ...segment }) => {
          return { ...segment, fileId, validator, lost: lost.map(({ i }) => i) };
        }),
    );
  }

  #slowly(network: ValidatorNetwork, signal: AbortSignal) {
    const throttle = this.#throttle;
    const through: Pick<StorageNetwork, "fetch" | "place" | "deliver"> = {
      place: (wanted, given) => network.place(wanted, given),
      fetch: (shard, given) => throttle.pass(network.fetch(shard, given), given),
      deliver: (shard, given) =>
        network.deliver({ ...shard, body: () => throttle.pass(shard.body(), signal) }, given),
    };
    return through;
  }

  /** What fails is done again later; only a stop ends it. */
  async #forever(
    signal: AbortSignal,
    pauseMs: number,
    work: () => Promise<unknown>,
    once = false,
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await work();
        if (once) return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isCoded(error) && !isAbort(error)) throw error;
        this.#deps.log.warn({ error }, "repairs are put off");
      }
      await sleep(Math.max(pauseMs, 100), undefined, { signal }).catch(() => undefined);
    }
  }
}

const unplacedError = (count: number) =>
  new CodedError<StorageApiCode>(
    "SHARDS_UNTAKEN",
    `${count} shards found no miner without a part in their segment; tried again later`,
  );
