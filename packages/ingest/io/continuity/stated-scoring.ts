import { type Finding, type ScoreRun, scoringFindings, type TrackedEntry } from "@neurond/ingest";
import { keptClaims } from "./kept-claims.ts";

/** Holds a run of scores against what the newest report, as it was kept, says that they follow from. */
export async function statedFindings(
  directory: string,
  newest: TrackedEntry,
  run: ScoreRun,
  verified: Parameters<typeof scoringFindings>[2],
): Promise<readonly Finding[]> {
  const scoring = (await keptClaims(directory, newest))?.statement?.scoring;
  return scoring ? scoringFindings(run, { entryId: newest.entryId, scoring }, verified) : [];
}
