import { z } from "zod";
import { type FamilyId, toFamilyId } from "./family.ts";
import { field } from "./fields.ts";
import type { SignedReport } from "./report.ts";

/** A report whose members have their types, or the first reason why not. */
export type ReportShape =
  | { readonly ok: true; readonly report: SignedReport }
  | {
      readonly ok: false;
      readonly fault: "NOT_JSON" | "VERSION_UNKNOWN" | "FIELD_UNKNOWN" | "FIELD_INVALID";
    };

/** Not `z.record`, which passes over a member named `__proto__`: what was signed must all be judged. */
const numbers = z.custom<Readonly<Record<string, number>>>((value) =>
  isRecord(value, (item) => Number.isFinite(item)),
);
const hashes = z.custom<Readonly<Record<string, string>>>((value) =>
  isRecord(value, (item, key) => isFamily(key) && field.hash.safeParse(item).success),
);
const family = z.custom<FamilyId>((value) => typeof value === "string" && isFamily(value));

/** Names and values of scores are judged later, with reasons of their own. */
const members = {
  v: z.literal(1),
  run_id: field.runId,
  family_id: family,
  validator_hotkey: field.hotkey,
  scores: numbers,
  scores_scale: z.exactOptional(z.literal(1_000_000)),
  task_counts: z.exactOptional(numbers),
  timestamp: z.string().max(64),
  checkpoint: z.exactOptional(z.strictObject({ size: field.count, root: field.hash })),
  config_hash: z.exactOptional(field.hash),
  roster_hash: z.exactOptional(field.hash),
  siblings: z.exactOptional(hashes),
  salt: z.exactOptional(z.string().regex(/^0x[0-9a-f]{64}$/)),
  signature: z.string().max(256),
};
const Report = z.strictObject(members);

/** Reads the text of a report as far as its types go. */
export function readReportShape(text: string): ReportShape {
  const value = parseObject(text);
  if (value === null) return { ok: false, fault: "NOT_JSON" };
  if (value["v"] !== 1) return { ok: false, fault: "VERSION_UNKNOWN" };
  if (!Object.keys(value).every((key) => Object.hasOwn(members, key))) {
    return { ok: false, fault: "FIELD_UNKNOWN" };
  }
  const parsed = Report.safeParse(value);
  return parsed.success ? { ok: true, report: parsed.data } : { ok: false, fault: "FIELD_INVALID" };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRecord(value: unknown, holds: (item: unknown, key: string) => boolean): boolean {
  return isObject(value) && Object.entries(value).every(([key, item]) => holds(item, key));
}

function isFamily(text: string): boolean {
  try {
    toFamilyId(text);
    return true;
  } catch {
    return false;
  }
}
