import type { Listing, Micros } from "@neurond/exports";
import { parseExportPath } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";
import { hasReached, type TrackedEntry } from "./entry.ts";
import { verdictOf } from "./verdict.ts";

/** What an auditor says beside the verdicts on entries. */
export const FINDING_KINDS = {
  /** Two different digests of one reporter for one slice, both committed. */
  EQUIVOCATION: "critical",
  /** A report names another predecessor than the one verified for the slice before, or none. */
  REPORT_CHAIN_BROKEN: "critical",
  /** A report names a predecessor that is neither listed nor was. */
  REPORT_REMOVED: "critical",
  /** The listing no longer has a report that was verified, though it is of this week. */
  REPORT_WITHDRAWN: "warning",
  /** Rows, report and commitment do not have the same tree of invocations. */
  TREE_MISMATCH: "critical",
  /** A row of a request through a miner's proxy is not what the signed receipt in it proves. */
  RECEIPT_FALSE: "critical",
  /** Rows of such requests are others, or not as many, as the report states. */
  RECEIPTS_DIFFER: "critical",
  /** The inputs or scores that a report states are not those that follow from the reports. */
  SCORING_INPUTS_DIFFER: "warning",
  /** The scores that a report states for a run are not those that its exported rows come to. */
  RUN_SCORES_DIFFER: "critical",
  /** The report of a run that counted has other scores than the exports of its validator. */
  RUN_REPORT_DIFFERS: "critical",
  DIGEST_MISMATCH: "critical",
  COMMITMENT_MISSING: "critical",
  /** A path of the listing is not one of the store. */
  PATH_UNSAFE: "critical",
  /** Another part of the listing's line contradicts itself. */
  ENTRY_REFUSED: "warning",
  ENTRY_QUARANTINED: "warning",
  ENTRY_UNVERIFIABLE: "warning",
  ENTRY_UNREACHABLE: "warning",
  /** The same for a miner's own report, of which no weight depends. */
  MINER_REPORT: "info",
  DUPLICATE_ENTRY: "info",
  OUT_OF_ORDER: "info",
  /** The digest stands in another block than the listing says. */
  REORGED: "info",
  /** The commitment was made before its slice ended, or more than two hours after. */
  COMMIT_TIME: "warning",
  /** A report brings no invocations although those before and after do. */
  NO_CSV: "warning",
  /** A complaint was confirmed after the hour it was first exported in. */
  REQUEST_EXCLUDED_LATER: "info",
  BLACKLISTED: "info",
  RECONCILIATION_REFUSED: "warning",
  /** The uncommitted feeds say other than the committed reports. */
  RECONCILIATION_DIFFERS: "warning",
  FEED_UNAVAILABLE: "warning",
  SHARES_DIFFER: "warning",
  /** A request of ours that was answered is in no export, or stands there otherwise. */
  SYNTHETIC_MISSING: "critical",
  SYNTHETIC_MISMATCH: "critical",
} as const satisfies Record<string, Severity>;

export type FindingKind = keyof typeof FINDING_KINDS;
export type Severity = "info" | "warning" | "critical";

/** One finding; the same one found again has the same key. */
export interface Finding {
  readonly source: Hotkey;
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Whom or what it is about: a hotkey, a path, an id. */
  readonly subject: string;
  readonly entryId: string | null;
  /** End of the slice it is about. */
  readonly endTime: Micros | null;
  readonly detail: string;
}

/** Makes a finding with the severity of its kind. */
export function finding(
  source: Hotkey,
  kind: FindingKind,
  about: Partial<Pick<Finding, "subject" | "entryId" | "endTime">>,
  detail: string,
): Finding {
  const { subject = "", entryId = null, endTime = null } = about;
  return { source, kind, severity: FINDING_KINDS[kind], subject, entryId, endTime, detail };
}

/** What makes a finding the same one. */
export function findingKey({ kind, subject, entryId, endTime }: Finding): string {
  return `${kind}/${entryId ?? endTime ?? ""}/${subject.slice(0, 200)}`;
}

const HOUR_US = 3_600_000_000;
const MAX_REFUSED = 1_000;

/** What a listing itself gives away. */
export function listingFindings(
  source: Hotkey,
  { entries, refused }: Listing,
  now: Micros,
): readonly Finding[] {
  // A hostile listing has any number of them; so many say enough.
  const found = refused
    .slice(0, MAX_REFUSED)
    .map(({ problem, item }) =>
      finding(
        source,
        problem === "PATH_UNSAFE" ? "PATH_UNSAFE" : "ENTRY_REFUSED",
        { subject: pathIn(item), entryId: idIn(item) },
        `the listing has an entry that is not followed: ${problem}`,
      ),
    );
  const seen = new Set<string>();
  const newest = new Map<string, Micros>();
  let isDisordered = false;
  for (const { entry_id, hotkey, end_time } of entries) {
    if (seen.has(entry_id)) {
      const about = { subject: hotkey, entryId: entry_id, endTime: end_time };
      found.push(finding(source, "DUPLICATE_ENTRY", about, "the listing has this entry twice"));
    }
    if (end_time > now + HOUR_US && !seen.has(entry_id) && found.length < MAX_REFUSED) {
      const about = { subject: hotkey, entryId: entry_id };
      found.push(finding(source, "ENTRY_REFUSED", about, "its slice ends in the future"));
    }
    seen.add(entry_id);
    isDisordered ||= end_time < (newest.get(hotkey) ?? 0);
    newest.set(hotkey, Math.max(end_time, newest.get(hotkey) ?? 0));
  }
  if (isDisordered) {
    const detail =
      "the listing is not in the order of time; it was read in that order all the same";
    found.push(finding(source, "OUT_OF_ORDER", {}, detail));
  }
  return found;
}

const LATEST_US = 2 * HOUR_US;

/** What entries as they stand give away. */
export function entryFindings(
  source: Hotkey,
  entries: readonly TrackedEntry[],
): readonly Finding[] {
  return [
    ...entries.flatMap((entry) => [...ownFindings(source, entry)]),
    ...equivocations(source, entries),
    ...missingCsv(source, entries),
  ];
}

function* ownFindings(source: Hotkey, entry: TrackedEntry): Generator<Finding> {
  const { hotkey, entryId, endTime, verification, block, detail, problem } = entry;
  const about = { subject: hotkey, entryId, endTime };
  const verdict = verdictOf(entry);
  const kind = KIND_OF[verdict];
  if (kind !== undefined) {
    const text = `${verdict}${problem === null ? "" : ` (${problem})`}: ${detail ?? "no more is known"}`;
    yield finding(source, entry.reporter === "miner" ? "MINER_REPORT" : kind, about, text);
  }
  if (verification?.status !== "VERIFIED") return;
  const { foundBlock, blockTime } = verification;
  if (foundBlock !== null && foundBlock !== block) {
    const text = `listed at block ${block}, the commitment stands in block ${foundBlock}`;
    yield finding(source, "REORGED", about, text);
  }
  if (blockTime !== null && (blockTime < endTime || blockTime > endTime + LATEST_US)) {
    const seconds = Math.round((blockTime - endTime) / 1_000_000);
    yield finding(source, "COMMIT_TIME", about, `committed ${seconds} s after its slice ended`);
  }
}

const KIND_OF: Partial<Record<ReturnType<typeof verdictOf>, FindingKind>> = {
  MISMATCH: "DIGEST_MISMATCH",
  MISSING: "COMMITMENT_MISSING",
  UNVERIFIABLE: "ENTRY_UNVERIFIABLE",
  RPC_ERROR: "ENTRY_UNVERIFIABLE",
  UNREACHABLE: "ENTRY_UNREACHABLE",
  QUARANTINED: "ENTRY_QUARANTINED",
};

function equivocations(source: Hotkey, entries: readonly TrackedEntry[]): readonly Finding[] {
  const committed = entries.filter((entry) => verdictOf(entry) === "VERIFIED");
  const slices = Map.groupBy(
    committed,
    ({ hotkey, startTime, endTime }) => `${hotkey} ${startTime} ${endTime}`,
  );
  return [...slices.values()].flatMap((same) => {
    const digests = new Set(same.map(({ reportSha256 }) => reportSha256));
    const [first] = same;
    if (first === undefined || digests.size < 2) return [];
    const blocks = same.map(({ block }) => block).sort((a, b) => a - b);
    return [
      finding(
        source,
        "EQUIVOCATION",
        { subject: first.hotkey, endTime: first.endTime },
        `${digests.size} reports of one slice are committed, in blocks ${blocks.join(", ")}`,
      ),
    ];
  });
}

/** An hour without invocations between hours that have them; a whole generation without is no finding. */
function missingCsv(source: Hotkey, entries: readonly TrackedEntry[]): readonly Finding[] {
  const own = entries.filter(
    (entry) => entry.reporter === "validator" && hasReached(entry, "HASHED"),
  );
  const ends = own.filter(({ hasInvocations }) => hasInvocations).map(({ endTime }) => endTime);
  if (ends.length === 0) return [];
  const [first, last] = [Math.min(...ends), Math.max(...ends)];
  const covered = new Set(ends);
  return own
    .filter(({ endTime }) => endTime > first && endTime < last && !covered.has(endTime))
    .map(({ hotkey, entryId, endTime }) =>
      finding(
        source,
        "NO_CSV",
        { subject: hotkey, entryId, endTime },
        "the report brings no invocations, those before and after do",
      ),
    );
}

function pathIn(item: unknown): string {
  const path = isRecord(item) && typeof item["path"] === "string" ? item["path"] : "";
  return parseExportPath(path) === null ? path.slice(0, 200) : "";
}

function idIn(item: unknown): string | null {
  const id = isRecord(item) ? item["entry_id"] : null;
  return typeof id === "string" && /^[0-9a-f-]{36}$/.test(id) ? id : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
