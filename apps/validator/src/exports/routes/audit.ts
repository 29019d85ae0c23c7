import { createReadStream, type ReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { formatIsoTime, MICROS_PER_HOUR } from "@neurond/exports";
import { CodedError } from "@neurond/primitives";
import type { App } from "@neurond/runtime";
import { z } from "zod";
import type { ValidatorCode } from "../../errors.ts";
import type { Exporter } from "../exporter.ts";

/** Entries whose slice began before are not listed. */
const LISTED_US = (7 * 24 + 1) * MICROS_PER_HOUR;
const MAX_PATH_CHARS = 200;

/** A line of the listing. */
export interface EntryJson {
  readonly entry_id: string;
  readonly hotkey: string;
  readonly block: number;
  readonly path: string;
  readonly created_at: string;
  readonly start_time: string;
  readonly end_time: string;
}

/** Serves the listing of the week, and the reports it names byte for byte. */
export function serveAudit(app: App, exporter: Exporter): void {
  app.get(
    "/audit/",
    { schema: { summary: "Reports of the last week and an hour: ours, and those of miners" } },
    async () => listing(exporter),
  );
  app.get(
    "/audit/download",
    {
      schema: {
        summary: "A report by the exact path that the listing gives",
        querystring: z.object({ path: z.string().max(MAX_PATH_CHARS) }),
      },
    },
    async (request, reply) => {
      const { path } = request.query;
      const entries = await listing(exporter);
      const place = exporter.files.place(path);
      if (place === null || entries.every((entry) => entry.path !== path)) throw unknownExport();
      reply.header("cache-control", "public, max-age=259200, immutable");
      const { size, stream } = await openFile(place);
      return reply.type("application/json").header("content-length", size).send(stream);
    },
  );
}

/** Everything that is listed now, ours first, each by the time of its slice. */
export async function listing({
  stores,
  validator,
}: Pick<Exporter, "stores" | "validator">): Promise<readonly EntryJson[]> {
  const from = validator.now() * 1_000 - LISTED_US;
  const own = await stores.reports.listedFrom(from);
  const miners = await stores.miners.from(from);
  const { hotkey } = validator.identity;
  return [
    ...own.flatMap(({ listed, block, ...slice }) =>
      listed === null || block === null ? [] : [entryJson({ ...slice, ...listed, block, hotkey })],
    ),
    ...miners.map(entryJson),
  ];
}

/** An entry as the listing has it; times have no zone. */
export function entryJson(entry: {
  readonly entryId: string;
  readonly hotkey: string;
  readonly block: number;
  readonly path: string;
  readonly createdUs: number;
  readonly startUs: number;
  readonly endUs: number;
}): EntryJson {
  return {
    entry_id: entry.entryId,
    hotkey: entry.hotkey,
    block: entry.block,
    path: entry.path,
    created_at: formatIsoTime(entry.createdUs),
    start_time: formatIsoTime(entry.startUs),
    end_time: formatIsoTime(entry.endUs),
  };
}

/** A published file, to be sent as it is. @throws CodedError EXPORT_UNKNOWN */
export async function openFile(file: string): Promise<PublishedFile> {
  const found = await stat(file).catch(() => null);
  if (found === null) throw unknownExport();
  return { size: found.size, stream: createReadStream(file) };
}

/** How long it is, and its bytes. */
export interface PublishedFile {
  readonly size: number;
  readonly stream: ReadStream;
}

/** The answer to a path that names nothing published here. */
export const unknownExport = (): CodedError<ValidatorCode> =>
  new CodedError("EXPORT_UNKNOWN", "nothing is published under this path; see /audit/");
