import {
  csvLine,
  HISTORY_COLUMNS,
  historyCells,
  MICROS_PER_HOUR,
  RECONCILIATION_COLUMNS,
  reconciliationCells,
} from "@neurond/exports";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import { param } from "../../api/params.ts";
import type { Exporter } from "../exporter.ts";
import { historyRow } from "../instance-rows.ts";

const WEEK_AND_HOUR_US = (7 * 24 + 1) * MICROS_PER_HOUR;
const EIGHT_DAYS_US = 8 * 24 * MICROS_PER_HOUR;

/** Serves what auditors ask for beside the reports. Nobody commits to these; the reports say the same. */
export function serveFeeds(app: App, exporter: Exporter, requestsPerMinute: number): void {
  const { stores, validator } = exporter;
  const { netuid } = validator.identity;
  const nowUs = () => validator.now() * 1_000;

  app.get(
    "/chutes/gpu_count_history",
    { schema: { summary: "Always empty: what is paid for here has no count of GPUs" } },
    async (_, reply) => reply.type("application/json").send("[]"),
  );
  app.get(
    "/instances/reconciliation_csv",
    { schema: { summary: "Services of the last week and an hour, and when they ended" } },
    async (_, reply) => {
      const services = await stores.services.lastingFrom(nowUs() - WEEK_AND_HOUR_US);
      const rows = services.map(({ instanceId, ended }) =>
        reconciliationCells({ instance_id: instanceId, deleted_at: ended?.atUs ?? null }),
      );
      return reply.type("text/csv; charset=utf-8").send(table(RECONCILIATION_COLUMNS, rows));
    },
  );
  app.get(
    "/instances/compute_history_csv",
    { schema: { summary: "What services earned in the runs of the last eight days" } },
    async (_, reply) => {
      const earned = await stores.services.earnedFrom("ended", nowUs() - EIGHT_DAYS_US);
      const rows = earned.map((run) => historyCells(historyRow(run)));
      return reply.type("text/csv; charset=utf-8").send(table(HISTORY_COLUMNS, rows));
    },
  );
  app.get(
    "/miner/metagraph",
    {
      schema: { summary: "The subnet's neurons; nobody is on a blacklist here" },
      // Each is a read of the chain.
      config: { rateLimit: { max: requestsPerMinute, timeWindow: "1 minute" } },
    },
    async () => {
      const { neurons } = await validator.chain.metagraph({ netuid });
      return neurons.map(({ hotkey, coldkey, uid }) => {
        return { hotkey, coldkey, node_id: uid, netuid, blacklist_reason: null };
      });
    },
  );
  app.get(
    "/miner/scores",
    {
      schema: {
        summary: "Shares of the week before the newest slice, and the integers they are made of",
        querystring: z.object({ hotkey: param.hotkey.optional() }),
      },
    },
    async (request) => {
      const slice = await stores.reports.newestListed();
      const all = slice === null ? {} : (JSON.parse(slice.scores) as Record<string, string>);
      const total = Object.values(all).reduce((sum, score) => sum + BigInt(score), 0n);
      const { hotkey } = request.query;
      const wanted = Object.entries(all).filter(([key]) => hotkey === undefined || key === hotkey);
      return {
        raw_scores: Object.fromEntries(wanted),
        final_scores: Object.fromEntries(
          wanted.map(([key, score]) => [key, Number(BigInt(score)) / Number(total)]),
        ),
      };
    },
  );
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, ...rows].map(csvLine).join("");
}
