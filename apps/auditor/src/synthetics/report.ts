import { HOUR_US } from "@neurond/incentive";
import type { Finding } from "@neurond/ingest";
import { finding } from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import { omissionLine, type SyntheticFinding, type SyntheticSummary } from "@neurond/synthetics";
import type { Probed, RunReport } from "@neurond/synthetics/io";
import type { SyntheticMetrics } from "./metrics.ts";

/** Logs and counts what becomes of requests; neither words nor keys of theirs. */
export function reportTo(metrics: SyntheticMetrics, log: Logger): RunReport {
  return {
    probed: (probed) => tellProbed(probed, metrics, log),
    failed: (error) => {
      metrics.failures.inc({ code: error.code });
      log.warn({ code: error.code, error }, "no synthetic request; tried again");
    },
  };
}

function tellProbed(
  { request, sent, probes, faults }: Probed,
  metrics: SyntheticMetrics,
  log: Logger,
) {
  const { type, chuteName } = request;
  if (sent.kind === "refused") {
    metrics.requests.inc({ type, result: "refused" });
    const { status, detail } = sent;
    log.warn({ type, chuteName, status, detail: detail.slice(0, 200) }, "synthetic refused");
    return;
  }
  const { ending, parentInvocationId, content } = sent;
  metrics.requests.inc({ type, result: content.error === null ? ending : "error" });
  const told = { type, chuteName, parentInvocationId, ending, error: content.error };
  const isOdd = faults.length > 0 || ending !== "complete";
  log[isOdd ? "warn" : "info"]({ ...told, faults, targets: probes.length }, "synthetic sent");
}

/** Sets the gauges of what is known so far. */
export function countSummary(summary: SyntheticSummary, metrics: SyntheticMetrics): void {
  for (const sample of ["traced", "blind"] as const) {
    const { verdicts, omission } = summary[sample];
    for (const [verdict, count] of Object.entries(verdicts))
      metrics.verdicts.set({ sample, verdict }, count);
    metrics.omission.set({ sample }, omission.upper);
  }
}

/** What the samples say, for the log. */
export function summaryLine({ traced, blind }: SyntheticSummary): string {
  return `traced: ${omissionLine(traced.omission)}; blind: ${omissionLine(blind.omission)}`;
}

/** A finding about a request as a finding about exports, in the hour in which it was made. */
export function exportFinding(source: Hotkey, found: SyntheticFinding): Finding {
  const { kind, severity, subject, at, detail } = found;
  const endTime = (Math.floor(at / HOUR_US) + 1) * HOUR_US;
  return { ...finding(source, kind, { subject, endTime }, detail), severity };
}
