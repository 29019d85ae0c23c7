import type { App } from "@neurond/runtime";
import type { Config } from "../../config.ts";
import type { Exporter } from "../exporter.ts";
import { serveAudit } from "./audit.ts";
import { serveFeeds } from "./feeds.ts";
import { serveMinerData } from "./miner-data.ts";
import { serveProofs } from "./proof.ts";
import { serveReceipts } from "./receipts.ts";
import { serveTables } from "./tables.ts";

/** Serves everything an auditor asks a validator for. */
export function serveExports(
  app: App,
  exporter: Exporter,
  { proofsPerMinute, minerReportBytes, receiptBytes, receiptsPerSlice }: Config["exports"],
): void {
  serveAudit(app, exporter);
  serveTables(app, exporter, proofsPerMinute);
  serveProofs(app, exporter, proofsPerMinute);
  serveFeeds(app, exporter, proofsPerMinute);
  serveMinerData(app, exporter, { bytes: minerReportBytes, perMinute: proofsPerMinute });
  const limits = { bytes: receiptBytes, perSlice: receiptsPerSlice };
  serveReceipts(app, exporter, { ...limits, perMinute: proofsPerMinute });
}
