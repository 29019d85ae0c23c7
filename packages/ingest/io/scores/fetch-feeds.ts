import {
  type ExportSource,
  type FeedName,
  type Finding,
  finding,
  parseBlacklist,
  parseGpuCounts,
  parseHistoryFeed,
  parseReconciliation,
  parseScores,
  type ReconcileMode,
  type Reconciliation,
} from "@neurond/ingest";
import { CodedError, type Hotkey } from "@neurond/primitives";

/** What a validator says beside its exports; null for what was not to be had. */
export interface Feeds {
  readonly gpuCounts: ReadonlyMap<string, number> | null;
  readonly blacklist: ReadonlyMap<string, string> | null;
  readonly reconciliation: Reconciliation | null;
  readonly scores: ReadonlyMap<string, number> | null;
  readonly findings: readonly Finding[];
}

/** Asks for every feed; one that fails is a finding and leaves the others as they are. */
export async function fetchFeeds(
  source: ExportSource<AbortSignal>,
  validator: Hotkey,
  mode: ReconcileMode,
  signal: AbortSignal,
): Promise<Feeds> {
  const findings: Finding[] = [];
  const take = async <T>(name: FeedName, parse: (text: string) => T): Promise<T | null> => {
    try {
      return parse(await source.feed(name, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError)) throw error;
      const isRefused = name === "reconciliation" && error.code === "FEED_INVALID";
      const kind = isRefused ? "RECONCILIATION_REFUSED" : "FEED_UNAVAILABLE";
      findings.push(finding(validator, kind, { subject: name }, error.message));
      return null;
    }
  };
  const [gpuCounts, blacklist, scores] = await Promise.all([
    take("gpu_counts", parseGpuCounts),
    take("nodes", parseBlacklist),
    take("scores", parseScores),
  ]);
  const isWanted = mode !== "off";
  const ends = isWanted ? await take("reconciliation", parseReconciliation) : null;
  const history = isWanted ? await take("compute_history", parseHistoryFeed) : null;
  for (const [hotkey, reason] of blacklist ?? []) {
    const detail = `the validator pays it nothing: ${reason.slice(0, 200)}`;
    findings.push(finding(validator, "BLACKLISTED", { subject: hotkey }, detail));
  }
  const reconciliation = ends === null ? null : { ends, history };
  return { gpuCounts, blacklist, scores, reconciliation, findings };
}
