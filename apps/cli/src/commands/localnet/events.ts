import { nameOf, namesIn, type View } from "./view.ts";

/** What happened between two looks, one line each, for those who have no terminal. */
export function eventLines(before: View | null, now: View): readonly string[] {
  return [
    ...fileLines(before, now),
    ...objectLines(before, now),
    ...runLines(before, now),
    ...exportedLines(before, now),
    ...findingLines(before, now),
  ].map((line) => `block ${now.block}: ${line}`);
}

function* fileLines(before: View | null, { file }: View): Generator<string> {
  if (file !== null && file.state !== before?.file?.state) {
    yield `file ${file.path} (${file.sizeBytes} bytes): ${file.state}`;
  }
}

function* objectLines(before: View | null, { objects }: View): Generator<string> {
  if (objects !== null && objects.state !== before?.objects?.state) {
    yield `${objects.count} objects over S3: ${objects.state}, ${objects.repaired} repaired`;
  }
}

function* runLines(before: View | null, now: View): Generator<string> {
  if (now.run.index !== before?.run.index) yield `run-${now.run.index} begins`;
  for (const { player, commitment, revealed, lastUpdate } of now.validators) {
    const known = before?.validators.find((one) => one.player.name === player.name);
    const committed = commitment?.runId ?? null;
    if (committed !== null && committed !== (known?.commitment?.runId ?? null)) {
      yield `${player.name} committed to ${committed} in block ${commitment?.block}`;
    }
    if (revealed !== null && revealed !== known?.revealed) {
      yield `${player.name} revealed ${revealed}`;
    }
    if (lastUpdate > (known?.lastUpdate ?? 0)) {
      yield `${player.name} set weights in block ${lastUpdate}`;
    }
  }
  for (const run of now.runs) {
    const known = before?.runs.find(({ id }) => id === run.id);
    if (run.audit === null || known?.audit) continue;
    const { isAgreed, exact, compared } = run.audit;
    const rows = `${exact.length} of ${compared.length} rows exact`;
    yield `${run.id} audited: ${isAgreed ? "agreed" : "held"}, ${rows}`;
  }
}

function* exportedLines(before: View | null, now: View): Generator<string> {
  for (const { validator, runId, verdict, detail } of now.exported) {
    const known = before?.exported.find(
      (run) => run.validator === validator && run.runId === runId && run.verdict === verdict,
    );
    if (known === undefined)
      yield `${runId} of ${validator} recomputed from its exports: ${verdict}, ${namesIn(now, detail)}`;
  }
}

function* findingLines(before: View | null, now: View): Generator<string> {
  for (const { code, severity, runId, validator, summary, evidence } of now.findings.slice(
    before?.findings.length ?? 0,
  )) {
    const about = [runId, nameOf(now, validator)].filter(Boolean).join(" ");
    yield `${severity} ${code} ${about}: ${namesIn(now, summary)}${evidence === null ? "" : ` (${evidence})`}`;
  }
}
