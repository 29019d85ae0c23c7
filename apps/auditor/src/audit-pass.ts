import type { AuditedRun, Auditor } from "@neurond/audit/io";
import type { Chain } from "@neurond/chain";
import { type BlockNumber, CodedError, isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { Alert } from "@neurond/webhooks";
import type { Alerts } from "./alerts.ts";
import type { AuditorMetrics } from "./metrics.ts";

/** What a pass works with. */
export interface PassDeps {
  readonly chain: Pick<Chain, "head">;
  readonly auditor: Pick<Auditor, "due" | "audit">;
  readonly metrics: AuditorMetrics;
  readonly alerts: Alerts;
  readonly log: Logger;
  readonly lookAgainBlocks: number;
}

/** Looks at the runs that are due, oldest first; a run that was still open waits for its next look. */
export class AuditPass {
  readonly #deps: PassDeps;
  /** Final block of the last look at a run. */
  readonly #looked = new Map<number, BlockNumber>();

  constructor(deps: PassDeps) {
    this.#deps = deps;
  }

  /** One pass over what is due now. What fails is tried again later, and holds up no other run. */
  async look(signal: AbortSignal): Promise<void> {
    const { chain, auditor, lookAgainBlocks } = this.#deps;
    await this.#attempt(signal, async () => {
      const { number: finalized } = await chain.head({ at: "finalized", signal });
      for (const index of await auditor.due(finalized)) {
        const last = this.#looked.get(index);
        if (last !== undefined && finalized < last + lookAgainBlocks) continue;
        this.#looked.set(index, finalized);
        await this.#attempt(signal, () => this.#lookAt(index, finalized, signal), index);
      }
    });
  }

  async #lookAt(index: number, finalized: BlockNumber, signal: AbortSignal): Promise<void> {
    const { auditor, metrics } = this.#deps;
    const end = metrics.seconds.startTimer();
    const audited = await auditor.audit(index, finalized, signal);
    end();
    this.#tell(audited);
    if (!audited.kept.isPending) this.#looked.delete(index);
    await this.#deps.alerts.tell(alertsOf(audited), signal);
  }

  /** What the chain or the disk does to us is logged; what is wrong in here is thrown. */
  async #attempt(signal: AbortSignal, work: () => Promise<void>, index?: number): Promise<void> {
    const { metrics, log } = this.#deps;
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError) && !isAbort(error)) throw error;
      metrics.runs.inc({ result: "failed" });
      log.warn({ error, index }, "audit failed; tried again at a later block");
    }
  }

  /** One line for each finding, the first time it is found, and one for the run. */
  #tell({ kept, audit, fresh }: AuditedRun): void {
    const { metrics, log } = this.#deps;
    for (const { name, evidence } of fresh) {
      const { code, severity, run_id: runId, validator, miner, summary } = evidence;
      metrics.findings.inc({ code, severity });
      const level = severity === "critical" ? "error" : severity === "warning" ? "warn" : "info";
      log[level]({ code, runId, validator, miner, summary, evidence: name }, "finding");
    }
    metrics.runs.inc({ result: kept.isPending ? "pending" : "done" });
    metrics.lastRun.set(kept.index);
    const standings = { ok: 0, missing: 0, mismatch: 0, equivocated: 0 };
    for (const { standing } of audit.validators.values()) standings[standing] += 1;
    for (const [standing, number] of Object.entries(standings)) {
      metrics.validators.set({ standing }, number);
    }
    const runId = audit.runId;
    log.info(
      { runId, ...standings, findings: kept.findings.length, pending: kept.isPending },
      "run audited",
    );
  }
}

/** What people are told of: all that is critical, and reports that nobody was shown. */
function alertsOf({ fresh }: AuditedRun): readonly Alert[] {
  return fresh
    .filter(
      ({ evidence: { code, severity } }) => severity === "critical" || code === "REPORT_MISSING",
    )
    .map(({ evidence: { code, severity, validator, run_id, summary } }) => ({
      severity,
      code,
      subject: validator,
      text: `${run_id}: ${summary}`,
    }));
}
