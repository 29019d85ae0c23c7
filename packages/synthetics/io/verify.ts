import type { Micros } from "@neurond/incentive";
import {
  type BadResult,
  badResult,
  type Judgement,
  judgeProbe,
  type SyntheticStore,
  type SyntheticSummary,
  summarise,
} from "@neurond/synthetics";
import type { Warehouse } from "@neurond/warehouse";
import { exportView, hourStates, isDue } from "./export-view.ts";

/** What is judged against what. */
export interface VerifyDeps {
  readonly store: SyntheticStore;
  readonly warehouse: Warehouse;
  /** Whose exports count. */
  readonly validator: string;
}

/** What a look at the exports came to. */
export interface Verified {
  /** Probes that got a verdict this time. */
  readonly judged: readonly Judgement[];
  readonly bad: readonly BadResult[];
  readonly summary: SyntheticSummary;
}

/** More than a week of a request a minute with five attempts each: none starves behind one that waits. */
const BATCH = 60_000;

/**
 * Judges every probe whose hours are loaded by now, and keeps the verdicts; the others wait. Probes from
 * before `forgetBefore` are forgotten first: they are older than what is exported.
 */
export async function verifyProbes(
  { store, warehouse, validator }: VerifyDeps,
  forgetBefore: Micros,
): Promise<Verified> {
  await store.forget(forgetBefore);
  const hours = await hourStates(warehouse, validator);
  // Most wait for their hour: the week is searched only for those that need not.
  const due = (await store.pending(BATCH)).filter((probe) => isDue(probe, hours));
  const judged: Judgement[] = [];
  if (due.length > 0) {
    const view = await exportView(warehouse, hours, due);
    for (const probe of due) {
      const verdict = judgeProbe(probe, view);
      if (verdict.kind !== "PENDING") judged.push({ probe, verdict });
    }
    await store.judge(judged);
  }
  const bad = judged.flatMap(({ probe, verdict }) => badResult(probe, verdict));
  return { judged, bad, summary: summarise(await store.counts()) };
}
