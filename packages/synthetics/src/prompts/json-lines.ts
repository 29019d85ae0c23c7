import type { Dice } from "../dice.ts";
import { syntheticsError } from "../errors.ts";
import type { Message, Prompts } from "./prompts.ts";

/** A row of a data set: a text, or a conversation. */
type Sample = string | readonly [Message, ...Message[]];

const MAX_SAMPLES = 200_000;
const MAX_TEXT = 20_000;
const REDRAWS = 20;

/** Texts and conversations of a file. */
export class Samples {
  readonly #rows: readonly Sample[];

  /** @throws CodedError PROMPTS_UNREADABLE when there is none */
  constructor(rows: readonly Sample[]) {
    if (rows.length === 0)
      throw syntheticsError("PROMPTS_UNREADABLE", "a file of prompts is empty");
    this.#rows = rows;
  }

  conversation(dice: Dice): readonly [Message, ...Message[]] {
    const row = this.#draw(dice);
    return typeof row === "string" ? [{ role: "user", content: row }] : row;
  }

  text(dice: Dice): string {
    const row = this.#draw(dice);
    return typeof row === "string" ? row : row[0].content;
  }

  #draw(dice: Dice): Sample {
    return dice.pick(this.#rows) ?? "";
  }
}

/**
 * Rows of a data set written as JSON lines: a JSON string, or an object whose field holds a text or a list
 * of `{role, content}`. Empty lines and rows without a word are passed over.
 * @throws CodedError PROMPTS_UNREADABLE
 */
export function parseSamples(lines: Iterable<string>, field: string): Samples {
  const rows: Sample[] = [];
  let number = 0;
  for (const line of lines) {
    number += 1;
    if (line.trim() === "") continue;
    const sample = sampleOf(line, field);
    if (sample === undefined) {
      const text = `line ${number} of the prompts is no JSON, or has no text under "${field}"`;
      throw syntheticsError("PROMPTS_UNREADABLE", text, { line: number, field });
    }
    if (sample !== null) rows.push(sample);
    if (rows.length >= MAX_SAMPLES) break;
  }
  return new Samples(rows);
}

/** Prompts of files, and of the grammar where no file is given. */
export function promptsFrom(
  { text, image }: { readonly text?: Samples | undefined; readonly image?: Samples | undefined },
  fallback: Prompts,
): Prompts {
  return {
    conversation: (dice) => text?.conversation(dice) ?? fallback.conversation(dice),
    picture: (dice) => image?.text(dice) ?? fallback.picture(dice),
    // Upstream reads image prompts aloud as well; conversations come in all languages.
    passage(dice, maxLength) {
      const source = image ?? text;
      for (let left = REDRAWS; source !== undefined && left > 0; left -= 1) {
        const passage = source.text(dice).slice(0, maxLength);
        if (isEnglish(passage)) return passage;
      }
      return fallback.passage(dice, maxLength);
    },
  };
}

const COMMON = new Set(
  "a an and are as at by for from has he her his i in is it not of on or that the this to was we what with you".split(
    " ",
  ),
);

/** Words that other languages in these letters cannot do without, and English can. */
const FOREIGN = new Set(
  "che dans der des det een ein eine el en est het ist les los nicht och para por que sono und une voor".split(
    " ",
  ),
);

/**
 * Whether a text is likely English: Latin letters, every tenth word one that English cannot do without,
 * and none of other languages'. One that is refused costs another draw.
 */
export function isEnglish(text: string): boolean {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.length < 4 || words.some((word) => FOREIGN.has(word))) return false;
  const plain = words.filter((word) => /^[a-z]+$/.test(word)).length;
  const common = words.filter((word) => COMMON.has(word)).length;
  return plain >= 0.95 * words.length && common >= 0.1 * words.length;
}

/** Undefined: no row. Null: a row without words. */
function sampleOf(line: string, field: string): Sample | null | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const content = isRecord(value) ? value[field] : value;
  if (typeof content === "string") return content.trim() === "" ? null : content.slice(0, MAX_TEXT);
  if (!Array.isArray(content)) return undefined;
  const messages = content.flatMap((turn: unknown) => messageOf(turn));
  const [first, ...rest] = messages;
  if (first === undefined) return null;
  // A model answers a user: what came after the last question of a data set is its old answer.
  const end = rest.findLastIndex(({ role }) => role === "user") + 1;
  return [first, ...rest.slice(0, end)];
}

function messageOf(turn: unknown): readonly Message[] {
  if (!isRecord(turn)) return [];
  const [role, content] = [turn["role"], turn["content"]];
  if (typeof role !== "string" || typeof content !== "string" || content === "") return [];
  return [{ role: role.slice(0, 20), content: content.slice(0, MAX_TEXT) }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
