import { exportsError } from "../errors.ts";
import { Utf8Stream } from "./utf8.ts";

/** What a reader takes before it gives up; a hostile file ends here and not in memory. */
export interface CsvLimits {
  /** Characters of one field. */
  readonly field: number;
  /** Characters of one row. */
  readonly row: number;
  readonly columns: number;
}

/** Stack traces are the longest honest fields and reach some hundred kilobytes. */
export const CSV_LIMITS: CsvLimits = { field: 4 << 20, row: 8 << 20, columns: 256 };

/** The cells of a row, in the order of the header. */
export type Cells = readonly string[];

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

const STATE = { start: 0, plain: 1, quoted: 2, closed: 3 } as const;
type State = (typeof STATE)[keyof typeof STATE];

/**
 * Reads an export piece by piece: bytes in, rows out, memory bounded by the pieces and the limits.
 * Cells may be slices of a piece's text: copy what is to be kept for long.
 *
 * @throws CodedError CSV_MALFORMED, CSV_TOO_LARGE; both name the row, counted from 1 after the header
 */
export class CsvReader {
  readonly #limits: CsvLimits;
  readonly #text = new Utf8Stream();
  #header: Cells | null = null;
  #state: State = STATE.start;
  /** What earlier pieces held of the present field. */
  #carried = "";
  #cells: string[] = [];
  #rowLength = 0;
  #rowCount = 0;
  #afterCr = false;

  constructor(limits: Partial<CsvLimits> = {}) {
    this.#limits = { ...CSV_LIMITS, ...limits };
  }

  /** The column names; null until the first row is complete. */
  get header(): Cells | null {
    return this.#header;
  }

  /** Data rows so far. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Takes the next bytes; returns the rows they completed. */
  push(chunk: Uint8Array): readonly Cells[] {
    const rows: Cells[] = [];
    this.#scan(this.#text.push(chunk), rows);
    return rows;
  }

  /** Says that there are no more bytes; returns a last row that no line end followed. */
  end(): readonly Cells[] {
    const rows: Cells[] = [];
    this.#scan(this.#text.end(), rows);
    if (this.#state === STATE.quoted) throw this.#malformed("a quote is still open at the end");
    if (this.#afterCr) throw this.#malformed("a carriage return ends no line");
    const isBlank = this.#cells.length === 0 && this.#state === STATE.start;
    if (!isBlank) this.#endRow(rows, this.#carried);
    if (this.#header === null) throw this.#malformed("there is no header");
    return rows;
  }

  #scan(text: string, rows: Cells[]): void {
    let state: State = this.#state;
    let start = 0;
    let at = 0;
    const { length } = text;
    while (at < length) {
      if (this.#afterCr) {
        if (text.charCodeAt(at) !== LF) throw this.#malformed("a carriage return ends no line");
        this.#afterCr = false;
        at += 1;
        start = at;
        this.#endLine(rows, state);
        state = STATE.start;
        continue;
      }
      if (state === STATE.quoted) {
        const quote = text.indexOf('"', at);
        at = quote === -1 ? length : quote;
        this.#carry(text, start, at);
        if (quote !== -1) {
          state = STATE.closed;
          at += 1;
        }
        start = at;
        continue;
      }
      const code = text.charCodeAt(at);
      if (code === QUOTE && state !== STATE.plain) {
        // The second quote of a pair stands for one; a first one opens the field.
        if (state === STATE.closed) this.#carried += '"';
        state = STATE.quoted;
        at += 1;
        start = at;
        continue;
      }
      if (code === COMMA) {
        this.#endField(text, start, at);
        state = STATE.start;
      } else if (code === LF || code === CR) {
        this.#carry(text, start, at);
        if (code === CR) this.#afterCr = true;
        else {
          this.#endLine(rows, state);
          state = STATE.start;
        }
      } else {
        if (state === STATE.closed) throw this.#malformed("text follows a closing quote");
        state = STATE.plain;
        at = endOfPlain(text, at + 1);
        continue;
      }
      at += 1;
      start = at;
    }
    if (state === STATE.plain && !this.#afterCr) this.#carry(text, start, length);
    this.#state = state;
  }

  #carry(text: string, from: number, to: number): void {
    if (from >= to) return;
    this.#carried =
      this.#carried === "" ? text.slice(from, to) : this.#carried + text.slice(from, to);
    if (this.#carried.length > this.#limits.field)
      throw this.#tooLarge("a field", this.#limits.field);
  }

  #endField(text: string, from: number, to: number): void {
    this.#carry(text, from, to);
    this.#take(this.#carried);
  }

  #take(field: string): void {
    this.#cells.push(field);
    this.#carried = "";
    this.#rowLength += field.length + 1;
    if (this.#rowLength > this.#limits.row) throw this.#tooLarge("the row", this.#limits.row);
    if (this.#cells.length > this.#limits.columns) {
      throw this.#tooLarge("the number of columns", this.#limits.columns);
    }
  }

  /** A line without any character is no row, as in Python's reader. */
  #endLine(rows: Cells[], state: State): void {
    if (this.#cells.length === 0 && state === STATE.start) return;
    this.#endRow(rows, this.#carried);
  }

  #endRow(rows: Cells[], last: string): void {
    this.#take(last);
    const cells = this.#cells;
    this.#cells = [];
    this.#rowLength = 0;
    if (this.#header === null) {
      if (new Set(cells).size !== cells.length) throw this.#malformed("two columns share a name");
      this.#header = cells;
      return;
    }
    this.#rowCount += 1;
    if (cells.length !== this.#header.length) {
      const counts = `${cells.length} columns where the header has ${this.#header.length}`;
      throw exportsError("CSV_MALFORMED", `row ${this.#rowCount} has ${counts}`, {
        row: this.#rowCount,
      });
    }
    rows.push(cells);
  }

  #malformed(reason: string) {
    const row = this.#rowCount + 1;
    return exportsError("CSV_MALFORMED", `row ${row} is no CSV: ${reason}`, { row });
  }

  #tooLarge(what: string, limit: number) {
    const row = this.#rowCount + 1;
    return exportsError("CSV_TOO_LARGE", `row ${row}: ${what} exceeds ${limit}`, { row, limit });
  }
}

/** Where an unquoted field that began before `from` ends: at a comma, a line end or the text's end. */
function endOfPlain(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COMMA || code === LF || code === CR) return at;
    at += 1;
  }
  return at;
}
