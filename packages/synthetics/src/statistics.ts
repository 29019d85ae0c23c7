import { type OmissionBound, omissionBound, type SyntheticVerdict } from "@neurond/incentive";
import type { Probe } from "./probe.ts";
import type { Count } from "./store.ts";

/** What a sample of probes says. */
export interface SampleSummary {
  readonly verdicts: Readonly<Record<SyntheticVerdict["kind"], number>>;
  /** How much a validator may leave out without this sample likely showing it. */
  readonly omission: OmissionBound;
}

/** Samples apart: traced probes can be told from other requests, so only blind ones bound what is done to those. */
export type SyntheticSummary = Readonly<Record<Probe["kind"], SampleSummary>>;

/** Adds up verdicts and draws the bound of each sample. */
export function summarise(counts: readonly Count[], confidence = 0.95): SyntheticSummary {
  return { traced: sampleOf("traced"), blind: sampleOf("blind") };

  function sampleOf(kind: Probe["kind"]): SampleSummary {
    const verdicts = { PENDING: 0, FOUND: 0, MISMATCH: 0, MISSING: 0, NO_CSV: 0 };
    for (const each of counts) if (each.kind === kind) verdicts[each.verdict] += each.count;
    const { FOUND, MISMATCH, MISSING } = verdicts;
    return { verdicts, omission: omissionBound(FOUND + MISMATCH + MISSING, MISSING, confidence) };
  }
}

/** The bound in words, such as `omits < 0.0300 % (95 %), 10000 judged, 0 missing`. */
export function omissionLine({ upper, confidence, judged, missing }: OmissionBound): string {
  const sure = `${Number((confidence * 100).toFixed(2))} %`;
  if (judged === 0) return "omission unknown: nothing judged yet";
  return `omits < ${(upper * 100).toFixed(4)} % (${sure}), ${judged} judged, ${missing} missing`;
}
