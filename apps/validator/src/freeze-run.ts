import { randomBytes } from "node:crypto";
import {
  committedHash,
  type FamilyId,
  readReportShape,
  SALT_BYTES,
  type SignedReport,
  scoreRun,
} from "@neurond/ledger";
import { type BlockNumber, canonicalJson } from "@neurond/primitives";
import { openTasks, recordUnknown } from "./observe.ts";
import { headText } from "./open-run.ts";
import type { RunGate } from "./run-gate.ts";
import type { RunTimes } from "./run-plan.ts";
import { documentsOf, observationsOf } from "./run-record.ts";
import type { Validator } from "./validator.ts";

/**
 * Settles what a closed run came to, from the log and nothing else: observations end, tasks without
 * an outcome become unknown, scores are signed with a salt, kept, and archived. The first signed
 * reports of a run stay its reports, whatever would come out later.
 */
export async function freezeRun(
  validator: Validator,
  gate: RunGate,
  run: RunTimes,
  block: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = validator.stores;
  await gate.close(run.index);
  await settleOpenTasks(validator, run, block, signal);
  const reports = await signReports(validator, run);
  const texts = Object.fromEntries(reports.map((r) => [r.family_id, canonicalJson(r)]));
  const frozen = await journal.write(run.index, "frozen", { reports: texts });
  for (const text of Object.values(frozen.reports)) await archive(validator, text);
  validator.log.info({ runId: run.id, families: reports.length }, "scores frozen");
}

async function settleOpenTasks(
  validator: Validator,
  run: RunTimes,
  block: BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { anchored } = await validator.stores.journal.read(run.index, ["anchored"]);
  // A run whose plan came too late was never put to anybody: there is nothing to settle.
  if (anchored === undefined || anchored.block >= run.beacon) return;
  const left = await openTasks(validator, run, signal);
  for (const task of left ?? []) await recordUnknown(validator, run, task, "RUN_CLOSED", block);
}

async function signReports(validator: Validator, run: RunTimes): Promise<readonly SignedReport[]> {
  const { stores, workloads, rules, signScores, record, now, configHash } = validator;
  const facts = await stores.journal.read(run.index, ["opened", "planned"]);
  const from = facts.opened?.size ?? 0;
  const documents = documentsOf(facts);
  const observations = await observationsOf(stores.log, run.id, from);
  const checkpoint = await headText(record);
  const inputs = workloads.map(({ workload, family }) => {
    const judged = observations.filter((seen) => seen.workload === workload.name);
    const { scores, taskCounts } = scoreRun(workload, judged, rules.minTasks, documents);
    const salt = new Uint8Array(randomBytes(SALT_BYTES));
    const about = { runId: run.id, familyId: family, timeMs: now(), checkpoint, configHash };
    return { ...about, scores, taskCounts, salt };
  });
  const alone = inputs.map(signScores);
  if (alone.length < 2) return alone;
  // The one slot on chain holds a root over all families, so each report names the others' hashes.
  const hashes = new Map<FamilyId, string>(alone.map((r) => [r.family_id, committedHash(r)]));
  return inputs.map((input) => {
    const siblings = new Map([...hashes].filter(([family]) => family !== input.familyId));
    return signScores({ ...input, siblings });
  });
}

async function archive({ archive, log }: Validator, text: string): Promise<void> {
  const shape = readReportShape(text);
  if (!shape.ok) return;
  try {
    await archive.keep(shape.report);
  } catch (error) {
    // The database has it. A full disk must not keep a validator from reporting.
    log.error({ error, runId: shape.report.run_id }, "report not archived");
  }
}
