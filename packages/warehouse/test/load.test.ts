import { gzipSync, zstdCompressSync } from "node:zlib";
import { INVOCATION_COLUMNS, invocationCells } from "@neurond/exports";
import { expect, test } from "vitest";
import {
  type CsvFile,
  dropEntry,
  findAttempts,
  loadEntry,
  loadedEntries,
  usage,
} from "../src/index.ts";
import {
  attempt,
  csvFile,
  emptyWarehouse,
  entryOf,
  hourOf,
  START,
  textFile,
  uuid,
} from "./fixture.ts";

const HEAD = INVOCATION_COLUMNS.join(",");
const lineOf = (metrics: string, number = 1) =>
  `${[...invocationCells(attempt(number)).slice(0, -1), metrics].join(",")}\r\n`;

test("columns come in any order, and others are skipped", async () => {
  const warehouse = await emptyWarehouse();
  const cells = invocationCells(attempt(1, { metrics: { nc: 1.5, p: false } }));
  const columns = INVOCATION_COLUMNS.map((name, at) => [name, cells[at] ?? ""] as const);
  const turned = [["surprise'; --", "x"] as const, ...columns.toReversed()];
  const invocations = csvFile([turned.map(([name]) => name), turned.map(([, cell]) => cell)]);
  await loadEntry(warehouse, { entry: entryOf(0), invocations });
  const [found] = await findAttempts(warehouse, [uuid(1, 2)]);
  expect(found).toMatchObject({
    parentInvocationId: uuid(1, 1),
    chuteId: uuid(1, 3),
    instanceId: uuid(1, 4),
    functionName: "chat",
    minerUid: 3,
    minerHotkey: "hotkey-a",
    startedAt: START + 1_000_000,
    completedAt: START + 3_500_000,
    computeMultiplier: 2,
    metrics: { nc: 1.5, p: false, it: null },
    entryId: entryOf(0).entryId,
    seenAt: entryOf(0).endTime,
  });
});

test("texts keep quotes, commas and line ends of every kind", async () => {
  const warehouse = await emptyWarehouse();
  const message = "Traceback:\n  \"a\", b\r\nValueError: 'x'\r\u0000 é";
  const rows = [
    attempt(1, { error_message: message }),
    attempt(2),
    attempt(3, { error_message: '"' }),
  ];
  await loadEntry(warehouse, hourOf(0, rows));
  const found = await findAttempts(
    warehouse,
    [1, 2, 3].map((number) => uuid(number, 2)),
  );
  expect(found.map(({ errorMessage }) => errorMessage)).toEqual([message, null, '"']);
});

const NONE = { it: null, nc: null, p: false };
test.each([
  [`"{'it': 12, 'nc': 2.5e-05, 'p': True}"`, { it: 12, nc: 2.5e-5, p: true }, 0],
  [`"{""it"": 12, ""nc"": null, ""p"": true}"`, { it: 12, nc: null, p: true }, 0],
  [`"{'it': None, 'nc': nan, 'p': False}"`, NONE, 0],
  [`"{'nc': inf, 'it': -inf}"`, NONE, 0],
  [`"{'it': 7, 'unheard_of': [1, {'it': 9}], 'p': True}"`, { it: 7, nc: null, p: true }, 0],
  [`"{'IT': 1, 'nc': 2}"`, { it: null, nc: 2, p: false }, 0],
  [`"{'it': 3, 'nc': 4,}"`, { it: 3, nc: 4, p: false }, 0],
  [`"{'it': 3, 'why not': 'it\\'s {odd}'}"`, { it: 3, nc: null, p: false }, 0],
  ["{}", NONE, 0],
  ["", NONE, 0],
  ["{'it': 3", NONE, 1],
  ["None", NONE, 1],
  ["3", NONE, 1],
  [`"{'it': 'x'}"`, NONE, 0],
] as const)("metrics %s are read, and never cost a row", async (cell, expected, unread) => {
  const warehouse = await emptyWarehouse();
  const invocations = textFile(`${HEAD}\r\n${lineOf(cell)}${lineOf("", 2)}`);
  const loaded = await loadEntry(warehouse, { entry: entryOf(0), invocations });
  expect(loaded).toEqual({ outcome: "loaded", invocationRows: 2, unreadMetrics: unread });
  const [found] = await findAttempts(warehouse, [uuid(1, 2)]);
  expect(found?.metrics).toMatchObject(expected);
});

test("metrics that appear only after the beginning of a file are read as well", async () => {
  const warehouse = await emptyWarehouse();
  const rows = Array.from({ length: 3_000 }, (_, number) => lineOf(`{'it': ${number}}`, number));
  const last = lineOf(`"{'late': 'key', 'it': 5, 'p': True}"`, 5_000);
  const invocations = textFile(`${HEAD}\r\n${rows.join("")}${last}`);
  await loadEntry(warehouse, { entry: entryOf(0), invocations });
  const [found] = await findAttempts(warehouse, [uuid(5_000, 2)]);
  expect(found?.metrics).toMatchObject({ it: 5, p: true });
});

test("a hotkey is a text, whatever it says", async () => {
  const warehouse = await emptyWarehouse();
  const hotkey = `'; DROP TABLE entries; -- "$asOf" \\ $$ {x}`;
  await loadEntry(warehouse, hourOf(0, [attempt(1, { miner_hotkey: hotkey })]));
  expect(await usage(warehouse)).toMatchObject([{ minerHotkey: hotkey, rows: 1 }]);
  expect(await loadedEntries(warehouse)).toHaveLength(1);
});

test("loading twice changes nothing, and other bytes under the same entry are a conflict", async () => {
  const warehouse = await emptyWarehouse();
  const hour = hourOf(0, [attempt(1)]);
  await loadEntry(warehouse, hour);
  const before = await usage(warehouse);
  expect(await loadEntry(warehouse, hour)).toMatchObject({ outcome: "known", invocationRows: 1 });
  expect(await usage(warehouse)).toEqual(before);
  const other = hourOf(0, [attempt(1), attempt(2)]);
  await expect(loadEntry(warehouse, other)).rejects.toMatchObject({ code: "ENTRY_CONFLICT" });
  expect(await usage(warehouse)).toEqual(before);
});

test("an export may be compressed; its digest is that of the CSV", async () => {
  const warehouse = await emptyWarehouse();
  const plain = `${HEAD}\r\n${lineOf("{}")}`;
  const { sha256 } = textFile(plain);
  for (const [hour, compression, bytes] of [
    [0, "gzip", gzipSync(plain)],
    [1, "zstd", zstdCompressSync(plain)],
  ] as const) {
    const invocations = { ...textFile(bytes), sha256, compression };
    const loaded = await loadEntry(warehouse, { entry: entryOf(hour), invocations });
    expect(loaded.invocationRows).toBe(1);
  }
});

test.each([
  ["DIGEST_MISMATCH", (): CsvFile => ({ ...textFile(`${HEAD}\r\n`), sha256: "0".repeat(64) })],
  ["DIGEST_MISMATCH", (): CsvFile => ({ ...textFile(`${HEAD}\r\n"open`), sha256: "0".repeat(64) })],
  ["CSV_MALFORMED", (): CsvFile => textFile(`${HEAD}\r\n"open\r\n`)],
  ["CSV_MALFORMED", (): CsvFile => textFile(`${HEAD}\r\n1,2\r\n`)],
  [
    "CSV_MALFORMED",
    (): CsvFile => textFile(Buffer.from(`${HEAD}\r\n${lineOf("\xff\xfe")}`, "latin1")),
  ],
  ["CSV_MALFORMED", (): CsvFile => textFile("")],
  ["CSV_MALFORMED", (): CsvFile => textFile(`${HEAD}\r\n${lineOf("").replace(uuid(1, 2), "")}`)],
  ["COLUMN_MISSING", (): CsvFile => textFile("invocation_id,miner_hotkey\r\n")],
  ["CSV_UNREADABLE", (): CsvFile => ({ path: "/nowhere/at/all.csv" })],
  ["CSV_UNREADABLE", (): CsvFile => ({ ...textFile("no gzip"), compression: "gzip" as const })],
  ["CSV_TOO_LARGE", (): CsvFile => ({ ...textFile(`${HEAD}\r\n${lineOf("")}`), maxBytes: 100 })],
  [
    "CSV_TOO_LARGE",
    (): CsvFile => ({
      path: textFile(gzipSync("x".repeat(1_000_000))).path,
      compression: "gzip" as const,
      maxBytes: 500_000,
    }),
  ],
] as const)("%s leaves nothing behind and the warehouse usable", async (code, makeFile) => {
  const warehouse = await emptyWarehouse();
  const entry = entryOf(0);
  await expect(loadEntry(warehouse, { entry, invocations: makeFile() })).rejects.toMatchObject({
    code,
  });
  expect(await loadedEntries(warehouse)).toEqual([]);
  await loadEntry(warehouse, hourOf(0, [attempt(1)]));
  expect(await usage(warehouse)).toHaveLength(1);
});

test("a malformed reports export takes the whole entry with it", async () => {
  const warehouse = await emptyWarehouse();
  const hour = { ...hourOf(0, [attempt(1)]), reports: textFile('invocation_id,confirmed_at\r\n"') };
  await expect(loadEntry(warehouse, hour)).rejects.toMatchObject({ code: "CSV_MALFORMED" });
  expect(await loadedEntries(warehouse)).toEqual([]);
  await loadEntry(warehouse, hourOf(0, [attempt(2)]));
  expect(await findAttempts(warehouse, [uuid(1, 2), uuid(2, 2)])).toHaveLength(1);
});

test("ids that are no uuids keep their rows apart", async () => {
  const warehouse = await emptyWarehouse();
  await loadEntry(
    warehouse,
    hourOf(0, [attempt(1, { invocation_id: "one" }), attempt(2, { invocation_id: "two" })]),
  );
  expect(await usage(warehouse)).toMatchObject([{ rows: 2 }]);
  expect(await findAttempts(warehouse, ["two"])).toMatchObject([
    { parentInvocationId: uuid(2, 1) },
  ]);
});

test("an abort ends a load and leaves nothing of it", async () => {
  const warehouse = await emptyWarehouse();
  const controller = new AbortController();
  const loading = loadEntry(warehouse, hourOf(0, [attempt(1)]), controller.signal);
  controller.abort();
  await expect(loading).rejects.toMatchObject({ name: "AbortError" });
  expect(await loadedEntries(warehouse)).toEqual([]);
});

test("an entry that is dropped takes all it brought", async () => {
  const warehouse = await emptyWarehouse();
  await loadEntry(warehouse, hourOf(0, [attempt(1)]));
  expect(await dropEntry(warehouse, entryOf(0).entryId)).toBe(true);
  expect(await dropEntry(warehouse, entryOf(0).entryId)).toBe(false);
  await loadEntry(warehouse, hourOf(1, []));
  expect(await usage(warehouse)).toEqual([]);
});

const LAYOUT = "{'it': 5, 'ot': 7, 'ttft': None, 'tps': 1.5, 'nc': 2.5e-05, 'p': True}";
test.each([
  [LAYOUT, { it: 5, ot: 7, ttft: null, tps: 1.5, nc: 2.5e-5, p: true }],
  [LAYOUT.replace("True", "False"), { it: 5, nc: 2.5e-5, p: false }],
  [LAYOUT.replace("True}", "True"), NONE],
  [LAYOUT.replace("True}", "True} x"), NONE],
  [LAYOUT.replace("5,", "'a, b',"), { it: null, ot: 7, nc: 2.5e-5, p: true }],
  [LAYOUT.replace("1.5", "[1, 2]"), { it: 5, tps: null, nc: 2.5e-5, p: true }],
  [LAYOUT.replace("1.5", "{'it': 9}"), { it: 5, tps: null, nc: 2.5e-5, p: true }],
  [LAYOUT.replace("1.5", "nan"), { it: 5, tps: null, nc: 2.5e-5, p: true }],
  [LAYOUT.replace("'ot': 7", "'it': 7"), { it: 7, ot: null, p: true }],
  [
    LAYOUT.replaceAll("'", '""').replace("None", "null").replace("True", "true"),
    { it: 5, p: true },
  ],
  [LAYOUT.replace(", 'nc'", ", 'steps': 3, 'nc'"), { it: 5, steps: 3, nc: 2.5e-5, p: true }],
  ["", NONE],
])("metrics %s are read alike among rows that are cut at their commas", async (cell, expected) => {
  const warehouse = await emptyWarehouse();
  const usual = Array.from({ length: 20 }, (_, at) => lineOf(`"${LAYOUT}"`, 100 + at)).join("");
  const invocations = textFile(`${HEAD}\r\n${usual}${lineOf(`"${cell}"`)}`);
  await loadEntry(warehouse, { entry: entryOf(0), invocations });
  const [odd, same] = await findAttempts(warehouse, [uuid(1, 2), uuid(100, 2)]);
  expect(odd?.metrics).toMatchObject(expected);
  expect(same?.metrics).toMatchObject({ it: 5, ttft: null, nc: 2.5e-5, p: true });
});

const SHORT = "{'p': True, 'a_b': 2, 'it': 5}";
test.each([
  [SHORT, { it: 5, p: true }, 0],
  [SHORT.replace("a_b", "axb"), { it: 5, p: true }, 0],
  [SHORT.replace("2", "', 'it': 9"), { it: null, p: false }, 1],
  [SHORT.replace("2", "\"x, 'it': 9\""), { it: 5, p: true }, 0],
  [SHORT.replace("'a_b': 2, ", ""), { it: 5, p: true }, 0],
  ["{}", { it: null, p: false }, 0],
  ["{ }", { it: null, p: false }, 0],
  ["{}}", { it: null, p: false }, 1],
] as const)(
  "metrics %s are read alike among rows of a few keys",
  async (cell, expected, unread) => {
    const warehouse = await emptyWarehouse();
    const usual = Array.from({ length: 20 }, (_, at) => lineOf(`"${SHORT}"`, 100 + at)).join("");
    const odd = lineOf(`"${cell.replaceAll('"', '""')}"`);
    const invocations = textFile(`${HEAD}\r\n${usual}${odd}`);
    const loaded = await loadEntry(warehouse, { entry: entryOf(0), invocations });
    const [found, same] = await findAttempts(warehouse, [uuid(1, 2), uuid(100, 2)]);
    expect(found?.metrics).toMatchObject(expected);
    expect(same?.metrics).toMatchObject({ it: 5, p: true });
    expect(loaded.unreadMetrics).toBe(unread);
  },
);
