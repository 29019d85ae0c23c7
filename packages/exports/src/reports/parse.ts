import type { z } from "zod";
import { exportsError } from "../errors.ts";

/** Characters of the longest report and listing taken; the largest honest ones have some millions. */
export const MAX_REPORT_CHARS = 64 << 20;

/** JSON of a documented shape. @throws CodedError REPORT_INVALID */
export function parseJson(what: string, text: string, maxChars = MAX_REPORT_CHARS): unknown {
  if (text.length > maxChars) {
    throw exportsError("REPORT_INVALID", `${what} is longer than ${maxChars} characters`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw exportsError("REPORT_INVALID", `${what} is no JSON`);
  }
}

/** Values of a schema. @throws CodedError REPORT_INVALID that names the first place at fault */
export function parseShape<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? "" : issue.path.join(".");
  throw exportsError(
    "REPORT_INVALID",
    `${what} has another shape at ${place || "its top"}: ${issue?.message}`,
    { place },
  );
}
