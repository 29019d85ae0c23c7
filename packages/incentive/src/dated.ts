import { CodedError } from "@neurond/primitives";
import type { IncentiveCode } from "./errors.ts";
import type { Micros } from "./time.ts";

/** Parameters by the day they came into force; in ascending order. */
export type Dated<T> = readonly { readonly from: Micros; readonly params: T }[];

/** The parameters in force at a moment. */
export function paramsAt<T>(table: Dated<T>, asOf: Micros): T {
  const current = table.findLast(({ from }) => from <= asOf);
  if (current !== undefined) return current.params;
  throw new CodedError<IncentiveCode>(
    "PARAMS_UNDATED",
    `no parameters for ${new Date(asOf / 1000).toISOString()}: the table starts later`,
    { asOf },
  );
}

/** Midnight UTC of a day written `2025-11-12`. */
export function dayOf(date: string): Micros {
  return Date.parse(`${date}T00:00:00Z`) * 1000;
}
