import { CodedError } from "@neurond/primitives";
import type { LedgerCode } from "./errors.ts";

declare const familyId: unique symbol;

/** Name of a competition track: what one report is about. */
export type FamilyId = string & { readonly [familyId]: true };

/** The family of nets that have one. */
export const DEFAULT_FAMILY = toFamilyId("general_chat");

/** Checks the name of a family; it is a part of file names and URLs. */
export function toFamilyId(text: string): FamilyId {
  if (/^[A-Za-z0-9._-]{1,64}$/.test(text)) return text as FamilyId;
  throw new CodedError<LedgerCode>(
    "FAMILY_INVALID",
    `text of ${text.length} characters is not a family: give 1 to 64 of A-Z a-z 0-9 . _ -`,
    { length: text.length },
  );
}

/** The family a workload's scores are reported under: `storage/1` becomes `storage-1`. */
export function familyOf(workload: string): FamilyId {
  return toFamilyId(workload.replace("/", "-"));
}
