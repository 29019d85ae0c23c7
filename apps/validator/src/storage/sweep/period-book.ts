import { toBlockNumber } from "@neurond/primitives";
import { DOCUMENT, type PeriodsBody, periodOf, planOf } from "@neurond/workload-storage";
import { MAX_GRANTED_PERIODS } from "@neurond/workload-storage/sweep";
import type { RunJournal } from "../../ports/run-journal.ts";
import { type RunPlan, timesAt } from "../../run-plan.ts";
import { documentsOf } from "../../run-record.ts";

/** What a period book reads. */
export interface PeriodBookDeps {
  readonly journal: RunJournal;
  readonly plan: RunPlan;
}

/** Runs before a period among which one was opened, if its validator was up at all. */
const MAX_LOOKED_AT = 16;

/** What is known of periods, from the plans in the log: which are committed to, and since when. */
export class PeriodBook {
  readonly #deps: PeriodBookDeps;
  /** By period and length; what is so once stays so. */
  readonly #inTime = new Set<string>();
  /** Of runs whose plans are read: plans never change, and with receipts they are long. */
  readonly #plans = new Map<number, PeriodsBody | null>();

  constructor(deps: PeriodBookDeps) {
    this.#deps = deps;
  }

  /** Where the newest anchored plan is with periods; null before the first. */
  async anchored(): Promise<{ readonly run: number; readonly periods: PeriodsBody } | null> {
    const latest = await this.#deps.journal.latest("anchored");
    if (latest === undefined) return null;
    const periods = await this.#periodsOf(latest.index);
    return periods === null ? null : { run: latest.index, periods };
  }

  /** Whether a commitment to the period was on chain before it began. */
  async isInTime(period: number, blocks: number): Promise<boolean> {
    const name = `${period}/${blocks}`;
    if (this.#inTime.has(name)) return true;
    const { journal, plan } = this.#deps;
    const begins = period * blocks;
    if (begins === 0) return false;
    const { index: last } = timesAt(toBlockNumber(begins - 1), plan);
    for (let run = last; run >= Math.max(0, last - MAX_LOOKED_AT); run -= 1) {
      const { anchored } = await journal.read(run, ["anchored"]);
      if (anchored === undefined || anchored.block >= begins) continue;
      const periods = await this.#periodsOf(run);
      if (periods === null) continue;
      const isThere = periods.blocks === blocks && periods.first <= period && period < periods.next;
      if (isThere) this.#inTime.add(name);
      return isThere;
    }
    return false;
  }

  /** Consecutive periods from now on that tags may be made for. */
  async grantable({
    head,
    from,
    wanted,
  }: {
    readonly head: number;
    /** Earlier periods have tags already. */
    readonly from: number;
    readonly wanted: number;
  }): Promise<{ readonly first: number; readonly count: number; readonly blocks: number } | null> {
    const anchored = await this.anchored();
    if (anchored === null) return null;
    const { blocks, first: committed, next } = anchored.periods;
    const current = periodOf(head, blocks);
    const isNow = current >= committed && (await this.isInTime(current, blocks));
    const first = Math.max(from, isNow ? current : current + 1);
    const count = Math.min(wanted, MAX_GRANTED_PERIODS, next - first);
    return first < committed || count < 1 ? null : { first, count, blocks };
  }

  /** Whether all answers to sweeps of a period are in a log that is anchored. */
  async areAnswersAnchored(period: number, blocks: number): Promise<boolean> {
    const { journal, plan } = this.#deps;
    const lastBeacon = (period + 1) * blocks - 1 - plan.beaconLag;
    if (lastBeacon < 0) return true;
    const { index: lastAsking } = timesAt(toBlockNumber(lastBeacon), plan);
    const latest = await journal.latest("anchored");
    // What is anchored while a run opens is the log with all answers of the runs before.
    return latest !== undefined && latest.index > lastAsking;
  }

  async #periodsOf(run: number): Promise<PeriodsBody | null> {
    const known = this.#plans.get(run);
    if (known !== undefined) return known;
    const facts = await this.#deps.journal.read(run, ["planned"]);
    const plan = documentsOf(facts).filter(({ type }) => type === DOCUMENT.plan);
    const periods = planOf(plan)?.periods ?? null;
    if (facts.planned !== undefined) this.#plans.set(run, periods);
    if (this.#plans.size > 64) this.#plans.delete(Math.min(...this.#plans.keys()));
    return periods;
  }
}
