import { DAEMONS, NETUID } from "./cast.ts";
import { baseOf, type Environment } from "./daemons.ts";
import {
  AGREED_RUNS,
  accusation,
  auditedRuns,
  type EvidenceCheck,
  expectations,
  isExportedSeen,
  type Tried,
} from "./expectations.ts";
import type { Founded } from "./found.ts";
import { neurond } from "./neurond.ts";
import type { Outcome } from "./schemas.ts";
import type { View } from "./view.ts";

/** So many runs after the first that counts, what is not so will not become so. */
const PATIENCE_RUNS = 8;

/** A view without the runs that began before the story's scene was set. */
export function since(view: View, firstRun: number): View {
  const runs = view.runs.filter(({ index }) => index >= firstRun);
  const ids = new Set(runs.map(({ id }) => id));
  return { ...view, runs, exported: view.exported.filter(({ runId }) => ids.has(runId)) };
}

/** Whether there is everything to judge, or no hope that there will be. */
export function isTold(view: View, firstRun: number): boolean {
  const isOver = view.run.index > firstRun + PATIENCE_RUNS;
  const isSeen = auditedRuns(view).length >= AGREED_RUNS && accusation(view) !== undefined;
  return isOver || (isSeen && isExportedSeen(view) && view.file?.state !== "stored");
}

/** Asks the product's own command whether the evidence against the liar holds, without any network. */
export async function checkEvidence(
  view: View,
  options: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<EvidenceCheck | null> {
  const file = accusation(view)?.evidence ?? null;
  if (file === null) return null;
  const { exitCode, stdout, stderr } = await neurond(["audit", "check", file], options);
  const said = (stdout || stderr).trim().split("\n")[0] ?? "";
  return { file, isAccepted: exitCode === 0, said };
}

/** What a story has come to. */
export function outcomeOf(
  view: View,
  tried: Tried,
  about: { readonly ground: Founded; readonly elapsedMs: number },
): Outcome {
  const { ground, elapsedMs } = about;
  const met = expectations(view, tried);
  const hotkeys = new Map(
    [...view.miners, ...view.validators].map((one) => [one.player.name, one.hotkey]),
  );
  return {
    isGood: met.every(({ isMet }) => isMet),
    expectations: [...met],
    runs: auditedRuns(view).map(({ id }) => id),
    evidence: tried.evidence?.file ?? null,
    file: view.file && {
      path: view.file.path,
      sizeBytes: view.file.sizeBytes,
      sha256: view.file.sha256,
    },
    chain: view.url,
    netuid: NETUID,
    directory: view.directory,
    elapsedMs,
    daemons: view.daemons.map(({ name, restarts }) => ({
      name,
      url: DAEMONS.some((one) => one.name === name) ? baseOf(ground, name).origin : null,
      hotkey: hotkeys.get(name) ?? null,
      restarts,
    })),
  };
}
