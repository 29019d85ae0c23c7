import type { ScoreRun, TrackedEntry } from "@neurond/ingest";
import { type BlockNumber, type RunId, toRunId } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import {
  type Decision,
  doubling,
  type KeeperDeps,
  type KeeperEvents,
  keepWeights,
  logEvents,
} from "@neurond/weight-keeper";
import { hindranceLine } from "./hindrance-line.ts";
import type { WeightsMetrics } from "./metrics.ts";
import type { WeightsHindrance, WeightsPlan } from "./plan.ts";
import { type ReadPlanDeps, readPlan } from "./read-plan.ts";
import type { SetWeightsSection } from "./section.ts";

/** What weights follow from: the newest scores of the followed validator, with its entries. */
export interface Audited {
  readonly run: ScoreRun;
  readonly entries: readonly TrackedEntry[];
}

/** What the loop works with. */
export interface AuditWeightsDeps {
  readonly chain: KeeperDeps["chain"] & ReadPlanDeps["chain"];
  readonly identity: KeeperDeps["identity"];
  readonly mecid: KeeperDeps["mecid"];
  readonly history: KeeperDeps["history"];
  readonly section: Pick<
    SetWeightsSection,
    "version_key" | "every_blocks" | "allow_change" | "dry_run"
  >;
  /** The newest audit of the followed validator; null before the first. */
  readonly audited: () => Promise<Audited | null>;
  readonly metrics: WeightsMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

const RETRIES = 3;
/** While something speaks against weights, it is looked at again so often. */
const LOOK_AGAIN_BLOCKS = 10;
const HOUR_US = 3_600_000_000;

/** Name of the decision that follows from scores as of a moment; fits the history and a restart. */
export function runIdOf({ asOf, source }: Pick<ScoreRun, "asOf" | "source">): RunId {
  return toRunId(`audit-${Math.floor(asOf / HOUR_US)}-${source.slice(0, 12)}`);
}

/**
 * Sets weights from audited data at its own cadence: with each new hour as soon as the chain allows it,
 * and again when they grow old. Every reason not to is logged and counted.
 */
export class AuditWeights {
  readonly #deps: AuditWeightsDeps;
  #held: { readonly runId: RunId; readonly until: number } | null = null;
  #told = "";

  constructor(deps: AuditWeightsDeps) {
    this.#deps = deps;
  }

  /** One look at a head of the chain. */
  async look(head: BlockNumber, signal: AbortSignal): Promise<void> {
    const audited = await this.#deps.audited();
    if (audited === null) return;
    const runId = runIdOf(audited.run);
    if (this.#held?.runId === runId && head < this.#held.until) return;
    const decision: Decision = {
      runId,
      decide: (asked) => this.#decide(audited, runId, head, asked),
    };
    const { section, mecid, history, identity, chain } = this.#deps;
    const pace = { everyBlocks: section.every_blocks, retryBlocks: doubling(RETRIES) };
    const deps = { chain, identity, mecid, history, pace, events: this.#events() };
    await keepWeights(deps, decision, head, signal);
  }

  async #decide(
    audited: Audited,
    runId: RunId,
    head: BlockNumber,
    signal: AbortSignal,
  ): ReturnType<Decision["decide"]> {
    const { chain, identity, mecid, history, section, metrics, log, now } = this.#deps;
    const plan = await readPlan(
      {
        chain,
        netuid: identity.netuid,
        mecid,
        own: identity.hotkey,
        history,
        versionKey: section.version_key,
        allowsChange: section.allow_change,
        now,
      },
      audited,
      signal,
    );
    metrics.hindrances.reset();
    for (const { code } of plan.hindrances) metrics.hindrances.set({ code }, 1);
    if (plan.hindrances.length > 0 || section.dry_run) {
      this.#held = { runId, until: head + LOOK_AGAIN_BLOCKS };
      this.#tell(runId, plan, log);
      return null;
    }
    this.#told = "";
    const { scores, scoredAt } = plan;
    return { scores, scoredAt, versionKey: BigInt(section.version_key) };
  }

  /** The same reasons are told once. */
  #tell(runId: RunId, { hindrances, vector }: WeightsPlan, log: Logger): void {
    const codes = hindrances.map(({ code }: WeightsHindrance) => code);
    const told = `${runId} ${codes.join(" ")}`;
    if (told === this.#told) return;
    this.#told = told;
    if (codes.length === 0) log.info({ runId, vector }, "dry run: weights would be set");
    for (const hindrance of hindrances) {
      log.warn({ runId, code: hindrance.code }, `weights are not set: ${hindranceLine(hindrance)}`);
    }
  }

  #events(): KeeperEvents {
    const { metrics, log } = this.#deps;
    const count = (result: string) => metrics.submissions.inc({ result });
    return {
      ...logEvents(count, log),
      tooSoon(runId, blocks) {
        count("tooSoon");
        log.debug({ runId, blocks }, "too soon to set weights");
      },
      confirmed(runId, block) {
        metrics.confirmed.set(block);
        log.info({ runId, block }, "weights confirmed");
      },
    };
  }
}
