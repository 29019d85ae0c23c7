import { type AuditEntry, MICROS_PER_HOUR } from "@neurond/exports";
import type { Hotkey } from "@neurond/primitives";
import type { TrackedEntry } from "../entry.ts";
import { type Finding, finding } from "../findings.ts";
import { verdictOf } from "../verdict.ts";

const LISTED_US = 168 * MICROS_PER_HOUR;

/**
 * Verified reports that the listing had and no longer has, though it must for a week. A listing out of a
 * cache lacks the newest only: so one that lacks a report must have a newer one.
 */
export function withdrawnFindings(
  validator: Hotkey,
  entries: readonly TrackedEntry[],
  listed: readonly Pick<AuditEntry, "entry_id" | "hotkey" | "end_time">[],
): readonly Finding[] {
  const ids = new Set(listed.map(({ entry_id }) => entry_id.toLowerCase()));
  const newest = listed.reduce(
    (max, { hotkey, end_time }) => (hotkey === validator ? Math.max(max, end_time) : max),
    0,
  );
  return entries
    .filter(({ reporter, hotkey }) => reporter === "validator" && hotkey === validator)
    .filter((entry) => verdictOf(entry) === "VERIFIED" && !ids.has(entry.entryId))
    .filter(({ endTime }) => endTime < newest && endTime > newest - LISTED_US)
    .map(({ entryId, endTime, block, reportSha256 }) =>
      finding(
        validator,
        "REPORT_WITHDRAWN",
        { subject: validator, entryId, endTime },
        `verified before, of block ${block} with digest ${reportSha256}, and no longer listed`,
      ),
    );
}
