import { canonicalJson } from "@neurond/primitives";
import { z } from "zod";

/** A value that has exactly one canonical JSON text: no fractions, nothing undefined. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A schema of recorded values whose inside belongs to a workload. */
export const JsonValue = z.custom<Json>(isJson, "must be JSON with integers only");

/** Whether a value can be recorded as it is. */
export function isJson(value: unknown): value is Json {
  try {
    const text = canonicalJson(value);
    // A bigint has a canonical text too, but does not come back from it as itself.
    return canonicalJson(JSON.parse(text)) === text && !holdsBigint(value);
  } catch {
    return false;
  }
}

function holdsBigint(value: unknown): boolean {
  if (typeof value === "bigint") return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsBigint);
}
