import { z } from "zod";
import { listOf, OptionalText, Time } from "./fields.ts";
import { DeploymentAuditRow, MinerMetricRow } from "./instances.ts";
import { parseJson, parseShape } from "./parse.ts";

/** Longest report of a miner that is taken; honest ones are far below a megabyte. */
export const MAX_MINER_REPORT_CHARS = 8 << 20;

/** An honest message is one sentence; matching costs more than linear time in its length. */
const MAX_MESSAGE_CHARS = 500;

const Shape = z.object({
  miner_hotkey: z.string(),
  start_time: Time,
  end_time: Time,
  prometheus_message: OptionalText,
  prometheus_metrics: listOf(MinerMetricRow),
  deployment_audit: listOf(DeploymentAuditRow),
});

/** What a miner says of its own hour. */
export type MinerReport = z.infer<typeof Shape>;

/** Reads a miner's report. @throws CodedError REPORT_INVALID */
export function parseMinerReport(text: string): MinerReport {
  const value = parseJson("a miner's report", text, MAX_MINER_REPORT_CHARS);
  return parseShape("a miner's report", Shape, value);
}

/** How long a miner's counters have run: for the whole slice, or for some seconds; null: it cannot say. */
export function uptimeOf(report: MinerReport): number | null {
  const sliceSeconds = (report.end_time - report.start_time) / 1_000_000;
  const message = report.prometheus_message?.slice(0, MAX_MESSAGE_CHARS).toLowerCase() ?? "";
  if (message === "" || /unknown|unable|could not|not determine/.test(message)) return null;
  const [, seconds] = /(\d+(?:\.\d+)?)\s*s(?:ec|$|\b)/.exec(message) ?? [];
  return seconds === undefined ? sliceSeconds : Math.min(Number(seconds), sliceSeconds);
}
