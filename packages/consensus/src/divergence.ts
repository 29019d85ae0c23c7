import type { FamilyId } from "@neurond/ledger";
import type { Hotkey, RunId } from "@neurond/primitives";
import { rankCorrelation } from "./rank-correlation.ts";

/** What validators would have decided about a run, beside what its owner decided. */
export interface DivergenceRecord {
  readonly runId: RunId;
  readonly familyId: FamilyId;
  readonly quorum: boolean;
  readonly winner: Hotkey | null;
  readonly ownerWinner: Hotkey | null;
  /** Hashes of the reports used, so that the figures are more than self-attested. */
  readonly reports: readonly string[];
  /** Spearman over miners in both maps, in millionths; null where it says nothing. */
  readonly rankRho: number | null;
  /** Share of the best that both name, in millionths; null when one names nobody. */
  readonly topOverlap: number | null;
}

/** Scores by hotkey, from either side. */
export type Scores = ReadonlyMap<Hotkey, number>;

/** The figures of many runs; shares and means in millionths, null where there are none. */
export interface DivergenceSummary {
  readonly runs: number;
  readonly winnerAgreement: number | null;
  readonly meanRankRho: number | null;
  readonly meanTopOverlap: number | null;
  readonly quorumRate: number | null;
}

const TOP = 3;
const MICRO = 1_000_000;

/** Compares two maps of scores. */
export function compareScores(
  ours: Scores,
  owners: Scores,
): Pick<DivergenceRecord, "rankRho" | "topOverlap"> {
  const common = [...ours.keys()].filter((hotkey) => owners.has(hotkey));
  const valuesOf = (scores: Scores) => common.map((hotkey) => scores.get(hotkey) ?? 0);
  return {
    rankRho: rankCorrelation(valuesOf(ours), valuesOf(owners)),
    topOverlap: topOverlap(ours, owners),
  };
}

/** How many of the best `k` two maps share, of as many as they could; ties go to the first hotkey. */
export function topOverlap(a: Scores, b: Scores, k = TOP): number | null {
  const possible = Math.min(k, a.size, b.size);
  if (possible === 0) return null;
  const best = new Set(topOf(a, k));
  const shared = topOf(b, k).filter((hotkey) => best.has(hotkey)).length;
  return rounded(shared, possible);
}

/** Adds a record to a window; a run seen before is replaced where it stands and moves nothing. */
export function addRecord(
  records: readonly DivergenceRecord[],
  added: DivergenceRecord,
  window = 50,
): readonly DivergenceRecord[] {
  const known = records.findIndex(
    ({ runId, familyId }) => runId === added.runId && familyId === added.familyId,
  );
  return known >= 0 ? records.with(known, added) : [...records, added].slice(-window);
}

/** Sums a window up. */
export function summarise(records: readonly DivergenceRecord[]): DivergenceSummary {
  const share = (holds: (record: DivergenceRecord) => boolean) =>
    records.length === 0 ? null : rounded(records.filter(holds).length, records.length);
  return {
    runs: records.length,
    winnerAgreement: share(({ winner, ownerWinner }) => winner === ownerWinner),
    meanRankRho: mean(records.map(({ rankRho }) => rankRho)),
    meanTopOverlap: mean(records.map((record) => record.topOverlap)),
    quorumRate: share(({ quorum }) => quorum),
  };
}

function topOf(scores: Scores, k: number): readonly Hotkey[] {
  return [...scores]
    .sort(([left, a], [right, b]) => b - a || (left < right ? -1 : 1))
    .slice(0, k)
    .map(([hotkey]) => hotkey);
}

function mean(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return null;
  const sum = present.reduce((total, value) => total + value, 0);
  return Math.floor((2 * sum + present.length) / (2 * present.length));
}

function rounded(part: number, whole: number): number {
  return Math.floor((2 * part * MICRO + whole) / (2 * whole));
}
