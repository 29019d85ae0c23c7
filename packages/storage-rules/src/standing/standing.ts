import { type Hotkey, parseHotkey } from "@neurond/primitives";
import type { RunDocument } from "@neurond/workload";
import { z } from "zod";
import { formatBook, parseBook } from "../book/book-text.ts";
import type { MinerBook } from "../book/miner-book.ts";
import { StandingRules } from "./standing-rules.ts";

/** Name of the document by which a validator fixes, before a run's beacon, all its rewards depend on. */
export const STANDING = "storage-standing/1";

const hotkey = z.string().transform((text, context): Hotkey => {
  try {
    return parseHotkey(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
    return z.NEVER;
  }
});

const StandingBody = z.strictObject({
  run: z.int().min(0),
  /** The run whose standing this goes on from; null where it begins anew. */
  before: z.int().min(0).nullable(),
  /** The head at which the run was planned. */
  block: z.int().min(0),
  /** Entries of the log that this takes in: all before the place, from the last standing's on. */
  log: z.int().min(0),
  /** Block of the last evaluation of tiers. */
  tiers_block: z.int().min(0),
  rules: StandingRules,
  /** Ascending; of others the book holds nothing. */
  registered: z.array(hotkey).max(65_536),
  book: z.unknown().transform((value, context): MinerBook => {
    try {
      return parseBook(JSON.stringify(value));
    } catch (error) {
      context.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  }),
});

/** What a validator knew of its miners when it planned a run, and by which rules it settles it. */
export type Standing = Readonly<z.output<typeof StandingBody>>;

/** Reads the body of such a document; null when it is none. */
export function readStanding(body: unknown): Standing | null {
  const parsed = StandingBody.safeParse(body);
  return parsed.success ? parsed.data : null;
}

/** The body of the document: plain JSON of integers and texts, the same for the same standing. */
export function standingBody(standing: Standing): z.input<typeof StandingBody> {
  const { registered, book, ...rest } = standing;
  return { ...rest, registered: [...registered], book: JSON.parse(formatBook(book)) };
}

/** The standing among the documents of a run: the first one counts; null when there is none to read. */
export function standingOf(documents: readonly RunDocument[]): Standing | null {
  const found = documents.find(({ type }) => type === STANDING);
  return found === undefined ? null : readStanding(found.body);
}
