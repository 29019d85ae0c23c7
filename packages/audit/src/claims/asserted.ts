import { bodiesOf, decodeEntry, isEntryOf } from "@neurond/ledger";
import { parseHotkey } from "@neurond/primitives";
import { z } from "zod";
import { Fact, Head, openHead } from "../heads.ts";
import { rateDifferences } from "../offline-rates.ts";
import { RulesText } from "../rules.ts";
import { indexOfRun, timesOf } from "../run-times.ts";
import { ProvenEntry } from "../segment.ts";
import { asserted, type CheckClaim, malformed, notProven } from "./claim.ts";

const text = z.string().max(512);
const count = z.int().min(0);

/** Who was asked for the report, and what came of it. */
export const ReportMissing = z.strictObject({
  family_id: text,
  asked: z.array(z.strictObject({ from: text, reason: text })),
  commitment: Fact.nullable(),
});

/** What of the log was wanted, and why it was not had. */
export const LogUnavailable = z.strictObject({ reason: text, anchors: z.array(Fact) });

/** An observation that names a body which nobody served. */
export const BodyMissing = z.strictObject({
  head: Head,
  entry: ProvenEntry,
  sha256: z.array(text),
});

/** When the validator last set weights, as the chain has it. */
export const WeightsMissing = z.strictObject({
  rules: RulesText,
  block: count,
  set_at: count,
  reason: text,
});

/** How often each validator said of the miner that it did not answer. */
export const OfflineRateDiffers = z.strictObject({
  counts: z.array(z.strictObject({ validator: text, offline: count, answered: count })),
});

export const checkReportMissing: CheckClaim = (claim) => {
  const parsed = ReportMissing.safeParse(claim);
  if (!parsed.success) return malformed("not a missing report");
  const { commitment } = parsed.data;
  return asserted(commitment === null ? [] : [commitment]);
};

export const checkLogUnavailable: CheckClaim = (claim) => {
  const parsed = LogUnavailable.safeParse(claim);
  return parsed.success ? asserted(parsed.data.anchors) : malformed("not a missing log");
};

/** That the record names the body is proven; that nobody served it is not. */
export const checkBodyMissing: CheckClaim = (claim, accused, { verify }) => {
  const parsed = BodyMissing.safeParse(claim);
  if (!parsed.success) return malformed("not a missing body");
  const { entry, sha256 } = parsed.data;
  const binding = openHead(parsed.data.head, accused, verify);
  const seen = binding !== null && isEntryOf(binding.head, entry) ? decodeEntry(entry.text) : null;
  if (seen?.kind !== "observation" || binding === null) return notProven("no such observation");
  const named = new Set([...bodiesOf(seen.task), ...bodiesOf(seen.evidence)]);
  const isNamed = sha256.length > 0 && sha256.every((hash) => named.has(hash));
  return isNamed ? asserted(binding.facts) : notProven("the observation names no such body");
};

export const checkWeightsMissing: CheckClaim = (claim, { runId }) => {
  const parsed = WeightsMissing.safeParse(claim);
  const index = indexOfRun(runId);
  if (!parsed.success || index === null) return malformed("not missing weights");
  const { set_at } = parsed.data;
  return set_at < timesOf(index, parsed.data.rules).weightsEnd
    ? asserted()
    : notProven("later weights");
};

export const checkOfflineRateDiffers: CheckClaim = (claim, { validator, miner }) => {
  const parsed = OfflineRateDiffers.safeParse(claim);
  if (!parsed.success || miner === null) return malformed("not rates");
  const counts = parsed.data.counts.map((row) => ({
    ...row,
    validator: parseHotkey(row.validator),
    miner,
  }));
  return rateDifferences(counts).some((difference) => difference.validator === validator)
    ? asserted()
    : notProven("the rates do not differ enough");
};
