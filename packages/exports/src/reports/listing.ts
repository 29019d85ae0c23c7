import { z } from "zod";
import { entryId } from "../entry-id.ts";
import { exportsError } from "../errors.ts";
import { parseExportPath } from "../paths.ts";
import { Time } from "./fields.ts";
import { parseJson } from "./parse.ts";

/** Entries of one answer at most; an honest one has 169 per reporter. */
export const MAX_ENTRIES = 200_000;

const Shape = z.object({
  entry_id: z.string(),
  hotkey: z.string(),
  block: z.int().nonnegative(),
  path: z.string(),
  created_at: Time,
  start_time: Time,
  end_time: Time,
});

/** One line of a listing: who said when which hour, and where it is. */
export type AuditEntry = z.infer<typeof Shape>;

/** Why an entry cannot be followed. */
export type EntryProblem =
  | "SHAPE_WRONG"
  | "PATH_UNSAFE"
  | "PATH_FOREIGN"
  | "ENTRY_ID_WRONG"
  | "SLICE_EMPTY";

/** A listing, told apart: what can be followed, and what is refused with its reason. */
export interface Listing {
  readonly entries: readonly AuditEntry[];
  readonly refused: readonly {
    readonly index: number;
    readonly problem: EntryProblem;
    readonly item: unknown;
  }[];
}

/** Reads a listing; one bad entry spoils no other. @throws CodedError REPORT_INVALID when it is no list */
export function parseListing(text: string): Listing {
  const value = parseJson("a listing", text);
  if (!Array.isArray(value)) throw exportsError("REPORT_INVALID", "a listing is no list");
  if (value.length > MAX_ENTRIES) {
    throw exportsError(
      "REPORT_INVALID",
      `a listing has ${value.length} entries, more than ${MAX_ENTRIES}`,
    );
  }
  const entries: AuditEntry[] = [];
  const refused: Listing["refused"][number][] = [];
  for (const [index, item] of value.entries()) {
    const parsed = Shape.safeParse(item);
    const problem = parsed.success ? entryProblem(parsed.data) : "SHAPE_WRONG";
    if (parsed.success && problem === null) entries.push(parsed.data);
    else refused.push({ index, problem: problem ?? "SHAPE_WRONG", item });
  }
  return { entries, refused };
}

/** What keeps an entry from being followed: its parts must agree before anything is fetched. */
export function entryProblem(entry: AuditEntry): EntryProblem | null {
  const path = parseExportPath(entry.path);
  if (path?.kind !== "report") return "PATH_UNSAFE";
  if (path.hotkey !== entry.hotkey || path.block !== entry.block) return "PATH_FOREIGN";
  if (entry.entry_id.toLowerCase() !== entryId(entry.hotkey, entry.block)) return "ENTRY_ID_WRONG";
  return entry.start_time < entry.end_time ? null : "SLICE_EMPTY";
}
