import { stripVTControlCharacters } from "node:util";

// What styleText("dim", …) writes; spelled out because everything else of its kind is removed.
const DIM = "\u001b[2m";
const PLAIN = "\u001b[22m";
const OWN_MARKS = new RegExp(`(\\n|${RegExp.escape(DIM)}|${RegExp.escape(PLAIN)})`);

/** A column of a table; numbers read better to the right. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Rows under headings, columns two spaces apart; wide characters count double. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colour: boolean,
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    columns
      .map(({ align }, index) => pad(row[index] ?? "", widths[index] ?? 0, align))
      .join("  ")
      .trimEnd();
  const heading = line(columns.map(({ title }) => title));
  return [dim(heading, colour), ...cells.map(line)].join("\n");
}

/** One line for each pair, values in one column; a pair without a value is left out. */
export function renderPairs(
  pairs: readonly (readonly [name: string, value: string | undefined])[],
  colour: boolean,
): string {
  const shown = pairs.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const width = Math.max(0, ...shown.map(({ name }) => widthOf(name)));
  return shown
    .map(({ name, value }) => `${dim(pad(name, width), colour)}  ${printable(value)}`)
    .join("\n");
}

/** Text from the chain or the disk without anything that could move the cursor or reorder the line. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "�");
}

/** Whole output with the same care, but for line ends and the one style that tables use. */
export function printableLines(text: string): string {
  return text
    .split(OWN_MARKS)
    .map((part) => (OWN_MARKS.test(part) ? part : printable(part)))
    .join("");
}

function dim(text: string, colour: boolean): string {
  return colour ? `${DIM}${text}${PLAIN}` : text;
}

function pad(text: string, width: number, align: Column["align"] = "left"): string {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "right" ? space + text : text + space;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (/\p{Mark}/u.test(character)) return 0;
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1;
}
