import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkConditions } from "../src/conditions.ts";
import { isBucketName, listObjects, MemoryIndex, readRange } from "../src/index.ts";
import { piecesOf } from "../src/range.ts";
import { readTarget } from "../src/target.ts";
import { childText, readXml } from "../src/xml/read.ts";
import { writeXml } from "../src/xml/write.ts";

describe("names", () => {
  test("of buckets follow the rules of S3", () => {
    for (const name of ["abc", "a-b.c", "0".repeat(63), "my.bucket-1"]) {
      expect(isBucketName(name), name).toBe(true);
    }
    const wrong = ["ab", "A-b", "a_b", "-ab", "ab-", ".ab", "a..b", "a.-b", "192.168.0.1"];
    for (const name of [...wrong, "xn--abc", "a-s3alias", "a".repeat(64), "", "..", "a/b"]) {
      expect(isBucketName(name), name).toBe(false);
    }
  });

  test("are taken from the path, or from a host below one of ours", () => {
    const read = (url: string, host = "s3.example.org") => {
      const { bucket, key } = readTarget(url, host, ["s3.example.org"]);
      return [bucket, key];
    };
    expect(read("/")).toEqual([null, null]);
    expect(read("/b")).toEqual(["b", null]);
    expect(read("/b/")).toEqual(["b", null]);
    expect(read("/b/k%2F%C3%BC/../x")).toEqual(["b", "k/ü/../x"]);
    expect(read("/b//k")).toEqual(["b", "/k"]);
    expect(read("/k/l", "b.s3.example.org:9000")).toEqual(["b", "k/l"]);
    expect(read("/", "my.bucket.s3.example.org")).toEqual(["my.bucket", null]);
    expect(read("/b/k", "evil.example.com")).toEqual(["b", "k"]);
    expect(() => read("/b/%ff")).toThrow("cannot be decoded");
  });
});

describe("ranges", () => {
  test("are those of RFC 9110", () => {
    expect(readRange("bytes=0-9", 100)).toEqual({ offset: 0, length: 10 });
    expect(readRange("bytes=90-", 100)).toEqual({ offset: 90, length: 10 });
    expect(readRange("bytes=-10", 100)).toEqual({ offset: 90, length: 10 });
    expect(readRange("bytes=-1000", 100)).toEqual({ offset: 0, length: 100 });
    expect(readRange("bytes=50-1000", 100)).toEqual({ offset: 50, length: 50 });
    for (const header of ["bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-", undefined]) {
      expect(readRange(header, 100)).toBeNull();
    }
    for (const header of ["bytes=100-", "bytes=100-200", "bytes=-0"]) {
      expect(() => readRange(header, 100)).toThrow("not satisfiable");
    }
    expect(() => readRange("bytes=0-", 0)).toThrow("not satisfiable");
  });

  test("of an object in parts are the same bytes as of the whole", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (lengths, from, count) => {
        const parts = lengths.map((size, at) => ({ blob: String(at), size }));
        const total = lengths.reduce((sum, size) => sum + size, 0);
        const offset = from % total;
        const length = 1 + (count % (total - offset));
        const bytes = lengths.flatMap((size, at) =>
          Array.from({ length: size }, (_, i) => [at, i]),
        );
        const found = piecesOf(parts, { offset, length }).flatMap(({ blob, range }) => {
          const { offset: start, length: many } = range ?? {
            offset: 0,
            length: parts[+blob]?.size ?? 0,
          };
          return Array.from({ length: many }, (_, i) => [Number(blob), start + i]);
        });
        expect(found).toEqual(bytes.slice(offset, offset + length));
      }),
    );
  });
});

describe("conditions", () => {
  const object = { etag: "abc", modifiedMs: Date.parse("2026-01-02T03:04:05.678Z") };
  const none = {
    ifMatch: undefined,
    ifNoneMatch: undefined,
    ifModifiedSince: undefined,
    ifUnmodifiedSince: undefined,
  };
  const at = "Fri, 02 Jan 2026 03:04:05 GMT";
  const before = "Fri, 02 Jan 2026 03:04:04 GMT";

  test("are judged in the order of RFC 9110", () => {
    const check = (conditions: object) => checkConditions({ ...none, ...conditions }, object);
    expect(check({})).toBe("go");
    expect(check({ ifMatch: '"x", "abc"' })).toBe("go");
    expect(() => check({ ifMatch: '"x"' })).toThrow("not in the state");
    expect(check({ ifNoneMatch: '"abc"' })).toBe("unmodified");
    expect(check({ ifNoneMatch: "*" })).toBe("unmodified");
    expect(check({ ifNoneMatch: '"x"', ifModifiedSince: at })).toBe("go");
    expect(check({ ifModifiedSince: at })).toBe("unmodified");
    expect(check({ ifModifiedSince: before })).toBe("go");
    expect(() => check({ ifUnmodifiedSince: before })).toThrow("not in the state");
    expect(check({ ifUnmodifiedSince: before, ifMatch: "abc" })).toBe("go");
    expect(check({ ifModifiedSince: "yesterday" })).toBe("go");
  });
});

describe("XML", () => {
  test("of clients is read, with and without a namespace", () => {
    const text = `<?xml version="1.0"?>\n<a:Delete xmlns:a="x"><Quiet>true</Quiet><Object><Key>&lt;&#x1F5DD;&amp;&#10;</Key></Object><Empty/></a:Delete>\n`;
    const root = readXml(text);
    expect([root.name, childText(root, "Quiet"), childText(root, "Nothing")]).toEqual([
      "Delete",
      "true",
      undefined,
    ]);
    expect(root.children[1]?.children[0]?.text).toBe("<🗝&\n");
  });

  test("that is none, is too deep, or defines entities is refused", () => {
    const bad = [
      "",
      "text",
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "</a>",
      "<a>&evil;</a>",
      "<a>&#xD800;</a>",
      '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      "<a><!-- --></a>",
      "<a>".repeat(20) + "</a>".repeat(20),
      `<a>${"<b/>".repeat(60_001)}</a>`,
    ];
    for (const text of bad) expect(() => readXml(text), text.slice(0, 40)).toThrow();
  });

  test("that we write, we read again, whatever a key holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (key) => {
        const root = readXml(writeXml("R", { Key: key, List: [{ A: 1 }, { A: 2 }] }));
        expect(childText(root, "Key")).toBe(key);
        expect(root.children.map(({ name }) => name)).toEqual(["Key", "List", "List"]);
      }),
    );
  });
});

test("a listing in pages is the listing at once, with a delimiter and without", async () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "é"), minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 30 }),
      fc.constantFrom("", "/", "ab"),
      fc.constantFrom("", "a", "a/"),
      fc.integer({ min: 1, max: 7 }),
      async (keys, delimiter, prefix, limit) => {
        const index = new MemoryIndex();
        await index.createBucket({ name: "bkt", owner: "o", createdMs: 0 }, 1);
        const object = {
          owner: "o",
          size: 0,
          etag: "",
          modifiedMs: 0,
          headers: {},
          checksum: null,
        };
        for (const one of keys) await index.putObject("bkt", one, { ...object, parts: [] });
        const found: string[] = [];
        let start: Parameters<typeof listObjects>[1]["start"] = null;
        do {
          const query = { bucket: "bkt", prefix, delimiter, start, limit };
          const page: Awaited<ReturnType<typeof listObjects>> = await listObjects(index, query);
          expect(page.objects.length + page.prefixes.length).toBeLessThanOrEqual(limit);
          found.push(...page.objects.map((one) => one.key), ...page.prefixes);
          start = page.next;
        } while (start !== null);
        const expected = new Set(
          keys
            .filter((one) => one.startsWith(prefix))
            .map((one) => {
              const at = delimiter === "" ? -1 : one.indexOf(delimiter, prefix.length);
              return at === -1 ? one : one.slice(0, at + delimiter.length);
            }),
        );
        expect(found.sort()).toEqual([...expected].sort());
      },
    ),
    { numRuns: 150 },
  );
});
