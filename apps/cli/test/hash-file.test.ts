import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseByteRange } from "../src/commands/store/byte-range.ts";
import {
  entriesOf,
  parseHashes,
  type RichEntry,
  withEntry,
  withoutEntry,
} from "../src/commands/store/hash-entries.ts";
import { HashFile } from "../src/commands/store/hash-file.ts";
import { LocalFiles } from "../src/commands/store/local-files.ts";
import { outputName } from "../src/commands/store/place-output.ts";
import { openJournal } from "../src/commands/store/upload-journal.ts";
import { temporaryDirectory } from "./temporary.ts";

const idOf = (number: number) => `0x${number.toString(16).padStart(64, "0")}`;
const entry = (number: number): RichEntry => ({
  id: idOf(number),
  path: "/home/me/report.pdf",
  size: 10,
  mtime: 1_700_000_000_000,
  sha256: idOf(0),
  stored_at: 1_700_000_000_000,
  expires_at: 1_702_592_000_000,
  segments: 1,
  nodes: ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
  wraps: ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
});
const signal = AbortSignal.timeout(20_000);

/** As the first release writes them, and the second. */
const SEED = `{"test.txt": "10452482978985143649811726337599923632298439716093053722476338088517550481551"}`;
const SECOND = `{"a.txt": "bafkreie4ugpt5ybmdb3umazcgntrg22f7thmnfqyxwrhyj3joykvbkgmia", "a.txt_hotkeys": ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]}`;

describe("what upstream's clients wrote is read", () => {
  test("names and ids of the first release", () => {
    expect(entriesOf(parseHashes(SEED) ?? {})).toEqual([
      { name: "test.txt", id: JSON.parse(SEED)["test.txt"], hotkeys: [], rich: null },
    ]);
  });

  test("the second release's hotkeys belong to their file, and are none", () => {
    const [only, ...others] = entriesOf(parseHashes(SECOND) ?? {});
    expect(only?.name).toBe("a.txt");
    expect(only?.hotkeys).toHaveLength(1);
    expect(others).toEqual([]);
  });

  test("what is of another shape is passed over, and kept", () => {
    const hashes = parseHashes(`{"a": 7, "$ft2": {"version": 9, "files": []}, "b": "1"}`) ?? {};
    expect(entriesOf(hashes).map(({ name }) => name)).toEqual(["b"]);
    expect(withEntry(hashes, "c", entry(1))).toMatchObject({ a: 7, b: "1", c: idOf(1) });
  });

  test.each(["", "[]", "7", "{", "null"])("%j is no hash file", (text) => {
    expect(parseHashes(text)).toBeUndefined();
  });
});

describe("what we write", () => {
  test("upstream's clients find in their own form", () => {
    const written = withEntry(parseHashes(SECOND) ?? {}, "b.txt", entry(1));
    expect(written).toMatchObject({ ...JSON.parse(SECOND), "b.txt": idOf(1) });
    expect(written["b.txt_hotkeys"]).toEqual(entry(1).nodes);
    expect(written["$ft2"]).toEqual({ version: 1, files: [entry(1)] });
  });

  test("files of one name stand beside each other", () => {
    const two = withEntry(withEntry({}, "report.pdf", entry(1)), "report.pdf", entry(2));
    expect(entriesOf(two).map(({ name, id }) => [name, id])).toEqual([
      ["report.pdf", idOf(1)],
      ["report (2).pdf", idOf(2)],
    ]);
    const left = withoutEntry(two, idOf(1));
    expect(entriesOf(left).map(({ name }) => name)).toEqual(["report (2).pdf"]);
    expect(Object.keys(left)).not.toContain("report.pdf_hotkeys");
  });

  test("the same file twice is one", () => {
    const twice = withEntry(withEntry({}, "a", entry(1)), "a", entry(1));
    expect(entriesOf(twice)).toHaveLength(1);
    expect(twice["$ft2"]).toEqual({ version: 1, files: [entry(1)] });
  });

  test("any names at all, reserved ones too, come back with their ids", () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom("$ft2", "__proto__", "a", "a_hotkeys", "constructor", "a (2)"),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 12 }), (names) => {
        let hashes: Record<string, unknown> = {};
        for (const [at, one] of names.entries()) hashes = withEntry(hashes, one, entry(at));
        const read = entriesOf(parseHashes(JSON.stringify(hashes)) ?? {});
        expect(read.map(({ id }) => id).sort()).toEqual(names.map((_, at) => idOf(at)).sort());
        expect(read.every(({ rich }) => rich !== null)).toBe(true);
      }),
    );
  });
});

describe("the file", () => {
  test("is its owner's alone, in a directory of its owner's alone", async () => {
    const directory = join(await temporaryDirectory(), "new", "hashes");
    const hashes = new HashFile(join(directory, "me.json"));
    expect(await hashes.entries()).toEqual([]);
    await hashes.add("a", entry(1), signal);
    expect((await stat(hashes.path)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect(await readdir(directory)).toEqual(["me.json", "me.json.lock"]);
  });

  test("loses nothing when many write at once", async () => {
    const path = join(await temporaryDirectory(), "me.json");
    await writeFile(path, SECOND);
    const writes = Array.from({ length: 25 }, (_, at) =>
      new HashFile(path).add("same", entry(at), signal),
    );
    await Promise.all(writes);
    const entries = await new HashFile(path).entries();
    expect(entries).toHaveLength(26);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(26);
  });

  test("is left as it is when it is damaged", async () => {
    const path = join(await temporaryDirectory(), "me.json");
    await writeFile(path, "{ torn");
    const adding = new HashFile(path).add("a", entry(1), signal);
    await expect(adding).rejects.toMatchObject({ code: "HASH_FILE_INVALID" });
    expect(await readFile(path, "utf8")).toBe("{ torn");
  });
});

describe("the journal of an upload", () => {
  const names = ["report.pdf", "owner", "validator"] as const;

  test("is one's own while it is held, and leaves no lock behind", async () => {
    const directory = await temporaryDirectory();
    const files = new LocalFiles(directory);
    {
      await using first = await openJournal(files, names, signal);
      await using second = await openJournal(files, names, signal);
      expect(second.path).not.toBe(first.path);
      await using other = await openJournal(files, ["other", "owner", "validator"], signal);
      expect([first.path, second.path]).not.toContain(other.path);
    }
    expect(await readdir(join(directory, ".uploads"))).toEqual([]);
  });

  test("is found again by the next, of many at once by exactly one", async () => {
    const files = new LocalFiles(await temporaryDirectory());
    const path = await openJournal(files, names, signal).then(async (journal) => {
      await journal[Symbol.asyncDispose]();
      return journal.path;
    });
    const taken = await Promise.all(
      Array.from({ length: 10 }, () => openJournal(files, names, signal)),
    );
    expect(new Set(taken.map((journal) => journal.path)).size).toBe(10);
    expect(taken.filter((journal) => journal.path === path)).toHaveLength(1);
    await Promise.all(taken.map((journal) => journal[Symbol.asyncDispose]()));
    expect(await readdir(join(files.directory, ".uploads"))).toEqual([]);
  });
});

describe("a name never leads out of its directory", () => {
  const id = `0x${"ab".repeat(32)}` as const;

  test.each([
    ["../../etc/passwd", "passwd"],
    ["/etc/passwd", "passwd"],
    ["..\\..\\boot.ini", "boot.ini"],
    ["..", id],
    ["a/..", id],
    [".", id],
    ["", id],
    ["a/", id],
    ["nul\0byte", id],
    ["x".repeat(300), id],
    ["naïve — name.pdf", "naïve — name.pdf"],
  ])("%j becomes %j", (name, expected) => {
    expect(outputName(name, id)).toBe(expected);
  });

  test("whatever it is", async () => {
    await mkdir(join(await temporaryDirectory(), "base"));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(".", "/", "\\", "a", "\0", "é") }), (name) => {
        const made = outputName(name, id);
        expect(join("/base", made)).toBe(`/base/${made}`);
        expect(made).not.toMatch(/[/\\\0]/);
      }),
    );
  });
});

describe("a range", () => {
  test.each([
    ["0-0", 0, 1],
    ["0-99", 0, 10],
    ["3-", 3, 10],
    ["-4", 6, 10],
    ["-400", 0, 10],
  ])("%s of ten bytes is %i up to %i", (text, from, to) => {
    expect(parseByteRange(text, 10)).toEqual({ from, to });
  });

  test.each(["-", "", "a-b", "5-4", "10-", "-0", "1-2-3", "1.5-2"])("%j is refused", (text) => {
    expect(() => parseByteRange(text, 10)).toThrow(/--range/);
  });
});
