import { on } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { InvocationRow } from "@neurond/exports";
import type { ExportFiles } from "./export-files.ts";
import {
  type LogRange,
  type LogSource,
  type RowNames,
  type RowPage,
  readPages,
  rowsOf,
} from "./read-rows.ts";
import { type Written, writeInvocations } from "./write-invocations.ts";

/** From here on a thread of its own costs less than what it spares the main one. */
const THREAD_ROWS = 20_000;
/** Pages that wait at the thread at most, which bounds the memory of both. */
const PAGES_AHEAD = 4;

/** Rows die young; a collector that comes less often finds fewer alive. */
const YOUNG_MB = 64;

/** What the thread begins with. */
export interface ExportOrder {
  readonly directory: string;
  readonly file: string;
  readonly names: RowNames;
}

/** What the thread answers: one for each page it takes, and the result after the last. */
export type ExportAnswer = "taken" | Written;

/** What is exported, and to where. */
export interface RowsToExport {
  readonly log: LogSource;
  readonly range: LogRange;
  readonly names: RowNames;
  /** Rows that follow those of the log, if any do. */
  readonly organic?: AsyncIterable<readonly InvocationRow[]>;
  readonly files: ExportFiles;
  readonly file: string;
}

/**
 * Writes the observations in a range of the log as a CSV and the tree over it. Of a busy hour that is seconds of
 * parsing and hashing, which another thread does: runs must not wait for them, and the database is read meanwhile.
 */
export async function exportRows(
  { log, range, names, organic, files, file }: RowsToExport,
  signal: AbortSignal,
): Promise<Written> {
  const pages = oneAfterAnother([readPages(log, range, signal), ...(organic ? [organic] : [])]);
  if (range.to - range.from < THREAD_ROWS)
    return await writeInvocations(files, file, rowsOf(pages, names));
  return await writeOnThread({ directory: files.directory, file, names }, pages, signal);
}

async function* oneAfterAnother(
  sources: readonly AsyncIterable<RowPage>[],
): AsyncGenerator<RowPage> {
  for (const pages of sources) yield* pages;
}

async function writeOnThread(
  order: ExportOrder,
  pages: AsyncIterable<RowPage>,
  signal: AbortSignal,
): Promise<Written> {
  const extension = extname(import.meta.url);
  const worker = new Worker(new URL(`./export-worker${extension}`, import.meta.url), {
    workerData: order,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    ...(extension === ".ts" && { execArgv: ["--conditions=neurond:source"] }),
  });
  const answers = on(worker, "message", { signal, close: ["exit"] });
  const answer = async (): Promise<ExportAnswer> => {
    const { done, value } = await answers.next();
    if (done !== true) return value[0];
    throw new Error(`the thread that writes ${order.file} ended without an answer`);
  };
  try {
    let ahead = 0;
    for await (const page of pages) {
      worker.postMessage(page);
      ahead += 1;
      if (ahead < PAGES_AHEAD) continue;
      await answer();
      ahead -= 1;
    }
    worker.postMessage(null);
    for (;;) {
      const last = await answer();
      if (last !== "taken") return last;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}
