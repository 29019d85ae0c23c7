import { buildReport, csvPath, JOB_COLUMNS, REPORT_COLUMNS, StatedRun } from "@neurond/exports";
import { type LogStorage, rootAt } from "@neurond/ledger";
import { fromHex, toHex } from "@neurond/primitives";
import type { BuiltSlice, ExportSlice, LogSlices, Receipts, Services } from "@neurond/store";
import type { Validator } from "../validator.ts";
import type { ExportFiles } from "./export-files.ts";
import { exportRows } from "./export-rows.ts";
import { historyRow, instanceAudit } from "./instance-rows.ts";
import { organicRows } from "./organic-rows.ts";
import { settleRuns } from "./settle-runs.ts";
import type { Slice } from "./slices.ts";
import { stateScoring } from "./state-scoring.ts";
import { writeCsv } from "./write-invocations.ts";

/** What slices are made of. */
export interface SliceSources {
  readonly validator: Validator;
  readonly files: ExportFiles;
  readonly services: Services;
  readonly log: LogSlices;
  readonly receipts: Receipts;
}

/** Services of the day before are looked at too: a run that began then may have ended only now. */
const DAY_US = 24 * 3_600_000_000;

/**
 * Builds a slice: CSVs under their names, the report among those that wait for the chain. Nothing is
 * noted yet, so whoever is interrupted here builds it again.
 */
export async function buildSlice(
  { validator, files, services, log, receipts }: SliceSources,
  slice: Slice,
  previous: ExportSlice | null,
  signal: AbortSignal,
): Promise<BuiltSlice> {
  const { identity, chain, stores, workloads, configHash } = validator;
  const { netuid } = identity;
  const { startUs, endUs } = slice;
  const { number: finalized } = await chain.head({ at: "finalized", signal });
  await settleRuns({ validator, services, log }, slice, finalized, signal);
  const metagraph = await chain.metagraph({ netuid }, { at: finalized, signal });
  const members = metagraph.neurons.map(({ hotkey, coldkey, uid }) => ({ hotkey, coldkey, uid }));
  const uids = new Map(members.map(({ hotkey, uid }) => [hotkey, uid]));
  const names = new Map(workloads.map(({ family, workload }) => [family, workload.name]));
  const view = { netuid, configHash, workloads: names, uids };

  const range = { from: previous?.logTo ?? 0, to: 0 };
  range.to = await log.endOf(range.from, endUs / 1_000);
  const rowNames = {
    uids,
    services: await services.lastingFrom(startUs - DAY_US),
    earned: await services.earnedFrom("ended", startUs - 8 * DAY_US),
  };
  const csv = (table: "invocations" | "reports" | "jobs") =>
    requirePlace(files, csvPath(table, endUs));
  await receipts.assign(endUs);
  const organic = organicRows(receipts, endUs, signal);
  const { sha256, tree } = await exportRows(
    { log, range, names: rowNames, organic, files, file: csv("invocations") },
    signal,
  );
  const csvSha256 = {
    invocations: sha256,
    // Nobody files complaints with us, and nothing we pay for is a job: both tables are empty.
    reports: await writeCsv(files, csv("reports"), REPORT_COLUMNS),
    jobs: await writeCsv(files, csv("jobs"), JOB_COLUMNS),
  };
  const runs = (await services.runsFrom(startUs)).map(({ text }) =>
    StatedRun.parse(JSON.parse(text)),
  );
  const scoring = await stateScoring(services, endUs, { members, block: metagraph.block }, view);
  const report = buildReport({
    start: startUs,
    end: endUs,
    instanceAudit: (await services.settledFrom(startUs)).map((one) => instanceAudit(one, view)),
    computeHistory: (await services.earnedFrom("settled", startUs)).map(historyRow),
    csvSha256,
    tree,
    previous: previous && {
      sequence: previous.sequence,
      sha256: fromHex(`0x${previous.sha256}`),
    },
    statement: {
      log: { ...range, root: await rootOf(stores.log, range.to) },
      runs,
      scoring,
      receipts: (await receipts.ranges(endUs)).map(({ ledgerId, ...range }) => ({
        ledger_id: ledgerId,
        ...range,
      })),
    },
  });
  const digest = hexOf(report.sha256);
  await files.write(files.pending(digest), report.bytes);
  return {
    startUs,
    endUs,
    sequence: report.sequence,
    sha256: digest,
    treeRoot: hexOf(tree.root),
    treeSize: tree.size,
    logTo: range.to,
    scores: JSON.stringify(scoring.scores),
  };
}

function requirePlace(files: ExportFiles, path: string): string {
  const place = files.place(path);
  if (place === null) throw new TypeError(`${path} is no path of an export`);
  return place;
}

async function rootOf(log: LogStorage, size: number): Promise<string> {
  const root = await rootAt(log, size);
  if (root === null) throw new TypeError(`the log never had ${size} entries`);
  return hexOf(root);
}

const hexOf = (bytes: Uint8Array): string => toHex(bytes).slice(2);
