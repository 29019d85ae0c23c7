import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cells, type CsvLimits, CsvReader } from "../../src/csv/reader.ts";
import { csvLine, formatFloat } from "../../src/csv/writer.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function read(
  chunks: readonly Uint8Array[],
  limits: Partial<CsvLimits> = {},
): { header: Cells | null; rows: Cells[] } {
  const reader = new CsvReader(limits);
  const rows = chunks.flatMap((chunk) => [...reader.push(chunk)]);
  rows.push(...reader.end());
  return { header: reader.header, rows };
}

const readText = (text: string, limits: Partial<CsvLimits> = {}) => read([bytesOf(text)], limits);
const coded = (code: string) => expect.toSatisfy((error: unknown) => isCoded(error, code));

/** Texts with everything that a dialect could stumble over. */
const cell = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      '"',
      ",",
      "\r",
      "\n",
      "\r\n",
      "'",
      " ",
      "a",
      "é",
      "\u{1f600}",
      "\ufeff",
      "\\",
    ),
    maxLength: 12,
  }),
  fc.string({ unit: "binary", maxLength: 20 }).filter((text) => text.isWellFormed()),
);

const table = fc.integer({ min: 1, max: 6 }).chain((width) =>
  fc.tuple(
    fc.uniqueArray(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map((name) => `c${name}`),
      { minLength: width, maxLength: width },
    ),
    fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
  ),
);

describe("the CSV dialect", () => {
  it("reads what upstream writes", () => {
    const text = 'id,error,n\r\n1,"Traceback:\n  File ""x"", line 1\r\n",\r\n2,,0.5\r\n';
    expect(readText(text)).toEqual({
      header: ["id", "error", "n"],
      rows: [
        ["1", 'Traceback:\n  File "x", line 1\r\n', ""],
        ["2", "", "0.5"],
      ],
    });
  });

  it("takes plain line ends, a missing last one, blank lines and a byte order mark", () => {
    const same = {
      header: ["a", "b"],
      rows: [
        ["1", "2"],
        ["3", ""],
      ],
    };
    expect(readText("a,b\n1,2\n3,\n")).toEqual(same);
    expect(readText("a,b\r\n1,2\r\n3,")).toEqual(same);
    expect(readText("\ufeffa,b\r\n\r\n1,2\r\n\r\n3,\r\n\r\n")).toEqual(same);
  });

  it("keeps a quote inside a plain cell, and every empty cell", () => {
    expect(readText('a,b\r\nx"y,\r\n"",""\r\n').rows).toEqual([
      ['x"y', ""],
      ["", ""],
    ]);
    expect(readText('a\r\n""\r\n').rows).toEqual([[""]]);
  });

  it.each([
    ["a quote that nobody closes", 'a,b\r\n1,"2\r\n'],
    ["text after a closing quote", 'a,b\r\n"1"x,2\r\n'],
    ["a row that is cut short", "a,b\r\n1,2\r\n3"],
    ["a row that is too wide", "a,b\r\n1,2,3\r\n"],
    ["a lone carriage return", "a,b\r1,2\r\n"],
    ["a column name given twice", "a,a\r\n"],
    ["nothing at all", ""],
  ])("refuses %s", (_what, text) => {
    expect(() => readText(text)).toThrow(coded("CSV_MALFORMED"));
  });

  it("names the row at fault", () => {
    expect(() => readText("a,b\r\n1,2\r\n3\r\n")).toThrow(
      "row 2 has 1 columns where the header has 2",
    );
  });

  it("ends a field, a row or a header without end, however it is cut", () => {
    const endless = new Uint8Array(1000).fill(97);
    const reader = new CsvReader({ field: 5_000 });
    reader.push(bytesOf('a\r\n"'));
    expect(() => {
      for (;;) reader.push(endless);
    }).toThrow(coded("CSV_TOO_LARGE"));
    expect(() => readText(`a,b\r\n${"x".repeat(60)},${"x".repeat(60)}\r\n`, { row: 100 })).toThrow(
      coded("CSV_TOO_LARGE"),
    );
    expect(() => readText("a,b,c\r\n", { columns: 2 })).toThrow(coded("CSV_TOO_LARGE"));
  });

  it("gives back whatever was written", () => {
    fc.assert(
      fc.property(table, ([header, rows]) => {
        const text = [header, ...rows].map(csvLine).join("");
        expect(readText(text)).toEqual({ header, rows });
      }),
    );
  });

  it("does not see where the bytes were cut", () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat(400)), ([header, rows], cuts) => {
        const bytes = bytesOf([header, ...rows].map(csvLine).join(""));
        const places = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(read(chunks)).toEqual(read([bytes]));
      }),
    );
  });

  it("does not see where broken bytes were cut either", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (junk) => {
        const bytes = Uint8Array.from([
          ...bytesOf('a\r\n"'),
          ...junk.filter((byte) => byte !== 34),
          ...bytesOf('"\r\n'),
        ]);
        expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(read([bytes]));
      }),
    );
  });
});

describe("a float", () => {
  it.each([
    [1, "1.0"],
    [0.1, "0.1"],
    [88.78, "88.78"],
    [1e-4, "0.0001"],
    [1e-5, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [1.2345678901234568e17, "1.2345678901234568e+17"],
    [1e22, "1e+22"],
    [-0, "-0.0"],
    [5e-324, "5e-324"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ])("%d is spelled %s, as Python has it", (value, text) => {
    expect(formatFloat(value)).toBe(text);
  });

  it("comes back as itself", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatFloat(value))).toBe(value);
      }),
    );
  });
});
