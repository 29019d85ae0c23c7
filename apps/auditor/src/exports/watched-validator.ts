import type { AuditStore } from "@neurond/audit/io";
import type { AuditState, ScoreRun, TrackedEntry, ValidatorSetting } from "@neurond/ingest";
import type { Cycle, ExportAuditor } from "@neurond/ingest/io";
import { CodedError, isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import { countedFindings, countedRun } from "./counted-run.ts";
import type { ExportMetrics } from "./metrics.ts";
import { tellCycle } from "./tell-cycle.ts";

/** What a validator is watched with. */
export interface WatchDeps {
  readonly setting: ValidatorSetting;
  readonly auditor: Pick<ExportAuditor, "pass">;
  readonly state: AuditState;
  /** Audits of runs by their logs. */
  readonly store: Pick<AuditStore, "readRun">;
  readonly metrics: ExportMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** How the newest look at a validator ended. */
export interface LastLook {
  readonly endedMs: number;
  /** Null when it went well. */
  readonly problem: { readonly code: string; readonly message: string } | null;
}

/** A validator of the list: looked at pass by pass, with the newest outcome at hand. */
export class WatchedValidator {
  readonly #deps: WatchDeps;
  last: LastLook | null = null;
  cycle: Cycle | null = null;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
  }

  get name(): string {
    return this.#deps.setting.name ?? this.#deps.setting.hotkey;
  }

  get setting(): ValidatorSetting {
    return this.#deps.setting;
  }

  /** The newest scores with the entries they rest on; null before the first. */
  async audited(): Promise<{
    readonly run: ScoreRun;
    readonly entries: readonly TrackedEntry[];
  } | null> {
    const { state, setting } = this.#deps;
    const run = await state.latestScores(setting.hotkey);
    return run && { run, entries: await state.entries(setting.hotkey) };
  }

  /** One pass. What others do to us is told and tried again at the next; what is wrong in here is thrown. */
  async look(signal: AbortSignal): Promise<void> {
    const { auditor, metrics, log, now } = this.#deps;
    const end = metrics.seconds.startTimer();
    const count = (result: string) => metrics.passes.inc({ validator: this.name, result });
    try {
      this.cycle = await this.#withCounted(await auditor.pass(signal));
      this.last = { endedMs: now(), problem: null };
      tellCycle(this.name, this.cycle, metrics, log);
      count("done");
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError) && !isAbort(error)) throw error;
      const code = error instanceof CodedError ? error.code : "INTERRUPTED";
      const message = error instanceof Error ? error.message : "";
      this.last = { endedMs: now(), problem: { code, message } };
      count("failed");
      log.warn({ validator: this.name, code, error }, "exports not read; tried again");
    } finally {
      end();
    }
  }

  /** Adds what only both audits of a run together show. */
  async #withCounted(cycle: Cycle): Promise<Cycle> {
    const { state, store } = this.#deps;
    const found = await Promise.all(
      cycle.runs.map(async (run) => countedFindings(run, await countedRun(run, store))),
    );
    return { ...cycle, fresh: [...cycle.fresh, ...(await state.addFindings(found.flat()))] };
  }
}
