import { parseExportPath } from "@neurond/exports";
import type { BlockNumber } from "@neurond/primitives";
import { forLatest } from "@neurond/runtime";
import type { ExportReports, LogSlices, MinerReports, Receipts, Services } from "@neurond/store";
import { attempt } from "../pass.ts";
import type { Validator } from "../validator.ts";
import { buildSlice } from "./build-slice.ts";
import { type ExportFiles, treeFileOf } from "./export-files.ts";
import { publishSlice } from "./publish-slice.ts";
import { dueSlice, type SliceRules } from "./slices.ts";

/** What is kept of exports. */
export interface ExportStores {
  readonly reports: ExportReports;
  readonly services: Services;
  readonly log: LogSlices;
  readonly miners: MinerReports;
  readonly receipts: Receipts;
}

/** A validator that publishes what it recorded. */
export interface Exporter {
  readonly validator: Validator;
  readonly files: ExportFiles;
  readonly stores: ExportStores;
  readonly rules: SliceRules;
  /** How long CSVs and miners' reports are kept. */
  readonly retentionUs: number;
}

/** A slice that is not done by then is begun again at the next block. */
const DEADLINE_MS = 30 * 60_000;

/** Publishes slices as they become due, one at a time, until the signal fires. */
export async function followExports(exporter: Exporter, signal: AbortSignal): Promise<void> {
  const { validator } = exporter;
  const heads = async function* () {
    for await (const { number } of validator.chain.watchHeads({ signal })) yield number;
  };
  const pass = (head: BlockNumber) =>
    attempt(validator, "export", signal, () => exportPass(exporter, head, signal));
  try {
    await forLatest(heads(), pass, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** One look: the slice under way is taken one step on, or the next one is built and sent. */
export async function exportPass(
  exporter: Exporter,
  head: BlockNumber,
  stop: AbortSignal,
): Promise<void> {
  const { validator, files, stores, rules } = exporter;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(DEADLINE_MS)]);
  const deps = { validator, files, reports: stores.reports };
  const newest = await stores.reports.newest();
  if (newest !== null && newest.listed === null) {
    // What was never sent can be built again, which also mends a lost file.
    const isWhole = newest.sentBlock !== null || (await files.read(files.pending(newest.sha256)));
    if (isWhole === null) await stores.reports.drop(newest.endUs);
    else if (await publishSlice(deps, newest, head, signal)) await prune(exporter);
    return;
  }
  const beginMs = await stores.log.beginMs();
  const beginUs = beginMs === null ? null : beginMs * 1_000;
  const due = dueSlice(newest?.endUs ?? null, beginUs, validator.now() * 1_000, rules);
  if (due === null) return;
  const { services, log, receipts } = stores;
  const sources = { validator, files, services, log, receipts };
  await stores.reports.intend(await buildSlice(sources, due, newest, signal));
  const built = await stores.reports.newest();
  if (built !== null) await publishSlice(deps, built, head, signal);
}

/** Forgets CSVs and miners' reports that nobody is shown any more. Our own reports stay: they are a chain. */
async function prune({ validator, files, stores, retentionUs }: Exporter): Promise<void> {
  const before = validator.now() * 1_000 - retentionUs;
  for (const path of await files.csvPaths()) {
    const parsed = parseExportPath(path);
    const place = files.place(path);
    if (parsed?.kind !== "csv" || place === null || parsed.end >= before) continue;
    await files.remove(place);
    await files.remove(treeFileOf(place));
  }
  await stores.receipts.forget(before);
  for (const path of await stores.miners.forget(before)) {
    const place = files.place(path);
    if (place !== null) await files.remove(place);
  }
}
