import { csvPath, parseExportPath, parseTimestamp } from "@neurond/exports";
import type { Observation } from "@neurond/ledger";
import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import { param } from "../../api/params.ts";
import type { ValidatorCode } from "../../errors.ts";
import type { Exporter } from "../exporter.ts";
import { rowOf } from "../read-rows.ts";
import { serviceNames } from "../services.ts";
import { openFile, unknownExport } from "./audit.ts";

/** The first hour that anybody ever exported. */
const FIRST_US = parseTimestamp("2024-12-14T00:00:00Z") ?? 0;
const DAY_MS = 86_400_000;
const PAGE = 1_000;
/** Entries that are looked at to find successes; beyond that a caller should take the tables. */
const MAX_LOOKED_AT = 50_000;

/** Serves the tables that reports name, and the latest attempts before they are in one. */
export function serveTables(app: App, exporter: Exporter, requestsPerMinute: number): void {
  const limited = { rateLimit: { max: requestsPerMinute, timeWindow: "1 minute" } };
  app.get(
    "/invocations/exports/recent",
    {
      schema: {
        summary: "The latest successful attempts of the last day, newest first",
        querystring: z.object({
          hotkey: param.hotkey.optional(),
          limit: z.coerce.number().int().min(1).max(10_000).default(100),
        }),
      },
      config: limited,
    },
    async (request) => recent(exporter, request.query),
  );
  app.get(
    "/invocations/exports/:year/:month/:day/:name",
    {
      schema: {
        summary: "A table of a slice, by the time of its end: HH.csv, HH-reports.csv, HH-jobs.csv",
        params: z.object({
          year: z.string().max(8),
          month: z.string().max(8),
          day: z.string().max(8),
          name: z.string().max(32),
        }),
      },
      config: limited,
    },
    async (request, reply) => {
      const { year, month, day, name } = request.params;
      const path = `invocations/${year}/${month}/${day}/${name}`;
      const parsed = parseExportPath(path);
      if (parsed?.kind !== "csv") {
        const message = "no name of a table: write year/month/day/hour[-reports|-jobs].csv";
        throw new CodedError<ValidatorCode>("EXPORT_NAME_INVALID", message);
      }
      const { end, table } = parsed;
      const newest = await exporter.stores.reports.newestListed();
      const place = exporter.files.place(csvPath(table, end));
      // What is not in the listing yet nobody has committed to.
      if (place === null || newest === null || end > newest.endUs || end < FIRST_US)
        throw unknownExport();
      const attachment = `attachment; filename="${path.replaceAll("/", "-")}"`;
      const { size, stream } = await openFile(place);
      reply.header("content-disposition", attachment).header("content-length", size);
      return reply.type("text/csv; charset=utf-8").send(stream);
    },
  );
}

async function recent(
  { validator, stores }: Exporter,
  { hotkey, limit }: { readonly hotkey?: string | undefined; readonly limit: number },
): Promise<readonly unknown[]> {
  const sinceMs = validator.now() - DAY_MS;
  const services = await stores.services.lastingFrom(sinceMs * 1_000);
  const earned = await stores.services.earnedFrom("ended", (sinceMs - 7 * DAY_MS) * 1_000);
  const metagraph = await validator.chain.metagraph({ netuid: validator.identity.netuid });
  const view = {
    uids: new Map(metagraph.neurons.map(({ hotkey: key, uid }) => [key, uid])),
    instanceOf: serviceNames(services, earned),
  };
  const end = await stores.log.endOf(0, Number.MAX_SAFE_INTEGER);
  const found: unknown[] = [];
  for (let to = end; to > 0 && to > end - MAX_LOOKED_AT && found.length < limit; to -= PAGE) {
    const page = await stores.log.observations(Math.max(0, to - PAGE), to);
    for (const recorded of page.toReversed()) {
      if (recorded.recordedMs < sinceMs || found.length === limit) return found;
      const seen = JSON.parse(recorded.text) as Observation;
      const isWanted = hotkey === undefined || seen.miner === hotkey;
      if (seen.outcome.kind === "passed" && isWanted) found.push(rowOf(recorded, view));
    }
  }
  return found;
}
