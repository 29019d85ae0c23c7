import type { Micros } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";
import { hasReached, type TrackedEntry } from "../entry.ts";
import { type Finding, finding } from "../findings.ts";
import { verdictOf } from "../verdict.ts";
import type { ReportClaims } from "./claims.ts";

/** Claims of reports by entry: null of a report that makes none; absent when it is no longer at hand. */
export type ClaimsOf = ReadonlyMap<string, ReportClaims | null>;

/**
 * Whether each verified report names as its predecessor the one that was verified for the slice before. Who
 * publishes an hour twice, takes one out or begins anew cannot but name another, or none.
 */
export function chainFindings(
  validator: Hotkey,
  entries: readonly TrackedEntry[],
  claims: ClaimsOf,
): readonly Finding[] {
  const own = entries.filter(
    ({ reporter, hotkey }) => reporter === "validator" && hotkey === validator,
  );
  const bySlice = [...Map.groupBy(own, ({ startTime }) => startTime).values()]
    .map((same) => ({ same, verified: same.filter(isVerified) }))
    .sort((a, b) => startOf(a.same) - startOf(b.same));
  const found: Finding[] = [];
  let before: readonly TrackedEntry[] = [];
  /** Slices since those before that are listed, and whose reports have no good verdict. */
  let unseen = 0;
  for (const { verified } of bySlice) {
    for (const entry of verified) {
      const broken = breakOf(entry, { before, same: verified, unseen }, claims);
      if (broken === null) continue;
      const about = { subject: validator, entryId: entry.entryId, endTime: entry.endTime };
      found.push(finding(validator, broken.kind, about, broken.detail));
    }
    unseen = verified.length > 0 ? 0 : unseen + 1;
    if (verified.length > 0) before = verified;
  }
  return found;
}

interface Break {
  readonly kind: "REPORT_CHAIN_BROKEN" | "REPORT_REMOVED";
  readonly detail: string;
}

/** What a report is held against. */
interface Neighbours {
  /** Verified reports of the newest slice before that has any. */
  readonly before: readonly TrackedEntry[];
  /** Verified reports of its own slice: a second one may follow the first. */
  readonly same: readonly TrackedEntry[];
  /** Slices between that are listed, and whose reports are not verified. */
  readonly unseen: number;
}

/** What is wrong between a report and those before; null when nothing is. */
function breakOf(
  entry: TrackedEntry,
  { before, same, unseen }: Neighbours,
  claims: ClaimsOf,
): Break | null {
  const own = claims.get(entry.entryId);
  if (own === undefined) return null;
  const known = before.flatMap((one) => {
    const said = claims.get(one.entryId);
    return said ? [said.sequence] : [];
  });
  const verified = before.map(placeOf).join(" and ");
  if (own === null) {
    return known.length === 0
      ? null
      : broken(`${placeOf(entry)} names no report before it; verified is ${verified}`);
  }
  const { sequence, previousSha256: named } = own;
  const text = `report ${sequence} (${placeOf(entry)}) names ${named ?? "none"} before it`;
  if ((sequence === 0) !== (named === null)) return broken(text);
  if (before.length === 0) return null;
  const match = [...before, ...same].find(({ reportSha256 }) => reportSha256 === named);
  if (match !== undefined) {
    const matched = claims.get(match.entryId)?.sequence ?? sequence - 1;
    return matched === sequence - 1 ? null : broken(`${text}, which is report ${matched}`);
  }
  const held = `${text}; verified is ${verified}`;
  if (known.length === 0) {
    // Reports that name none have no numbers: the first that does names none either.
    const isOpen = before.some(({ entryId }) => claims.get(entryId) === undefined) || unseen > 0;
    return isOpen || named === null ? null : removed(held);
  }
  const newest = Math.max(...known);
  if (sequence <= newest + 1) return broken(`${held}, report ${newest}`);
  // What is listed and not verified may be what is named; its own verdict says what is wrong with it.
  return sequence - 1 - newest <= unseen ? null : removed(`${held}, report ${newest}`);
}

const broken = (detail: string): Break => ({ kind: "REPORT_CHAIN_BROKEN", detail });

const removed = (detail: string): Break => ({
  kind: "REPORT_REMOVED",
  detail: `${detail}; what was between them is not listed`,
});

/** An entry with its digest, so that the finding is its own evidence. */
function placeOf({ entryId, reportSha256, block }: TrackedEntry): string {
  return `entry ${entryId} of block ${block}, ${reportSha256}`;
}

function isVerified(entry: TrackedEntry): boolean {
  return hasReached(entry, "CHAIN_VERIFIED") && verdictOf(entry) === "VERIFIED";
}

const startOf = ([first]: readonly TrackedEntry[]): Micros => first?.startTime ?? 0;
