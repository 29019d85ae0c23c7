import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { type BlobStore, prefixedBlobs } from "../src/index.ts";

/** A directory that goes with its test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "neurond-blobs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The bytes of a blob. */
export async function bytesOf(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(bytes));
}

/** Bytes in pieces, as a network brings them. */
export async function* pieces(bytes: Uint8Array, size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const LARGE = randomBytes((5 << 20) * 2 + 12_345);

/** What every store of blobs must do; `open` gives one, whatever is in it. */
export function blobStoreContract(open: () => Promise<BlobStore> | BlobStore): void {
  // Every test has a part of the store to itself.
  const fresh = async () => prefixedBlobs(await open(), randomUUID());
  const store = async (blobs: BlobStore, ...names: string[]) => {
    for (const name of names) await blobs.put(name, pieces(Buffer.from(name)));
  };

  test("what was put is got, from a file and from a stream, of any size", async () => {
    const blobs = await fresh();
    const path = join(scratch(), "source");
    for (const size of [0, 1, 70_001, LARGE.length]) {
      const bytes = LARGE.subarray(0, size);
      writeFileSync(path, bytes);
      for (const [name, source] of [
        ["of-a-file", path],
        ["of/a/stream", pieces(bytes)],
      ] as const) {
        await blobs.put(name, source);
        expect(await blobs.stat(name)).toEqual({ size });
        expect((await bytesOf(blobs.get(name))).equals(bytes)).toBe(true);
        const target = join(scratch(), "target");
        expect(await blobs.getTo(name, target)).toBe(true);
        expect(readFileSync(target).equals(bytes)).toBe(true);
      }
    }
  });

  test("of a range come the bytes that there are", async () => {
    const blobs = await fresh();
    const bytes = LARGE.subarray(0, 10_000);
    await blobs.put("ranged", pieces(bytes));
    const offset = fc.integer({ min: 0, max: 10_100 });
    await fc.assert(
      fc.asyncProperty(offset, fc.option(offset, { nil: undefined }), async (from, to) => {
        const range = { from, ...(to !== undefined && { to }) };
        const got = await bytesOf(blobs.get("ranged", { range }));
        expect(got.equals(bytes.subarray(from, Math.max(from, to ?? bytes.length)))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test("what is not there is told apart from what is", async () => {
    const blobs = await fresh();
    const directory = scratch();
    expect(await blobs.stat("nothing")).toBeNull();
    expect(await blobs.getTo("nothing", join(directory, "target"))).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
    for (const range of [undefined, { from: 3 }, { from: 3, to: 2 }]) {
      const got = bytesOf(blobs.get("nothing", range && { range }));
      await expect(got).rejects.toMatchObject({ code: "BLOB_MISSING" });
    }
    await blobs.remove("nothing");
    await store(blobs, "something");
    await blobs.remove("something");
    expect(await blobs.stat("something")).toBeNull();
  });

  test("a name that exists is replaced, and by nothing when its source fails", async () => {
    const blobs = await fresh();
    await store(blobs, "name");
    await blobs.put("name", pieces(Buffer.from("newer")));
    expect(String(await bytesOf(blobs.get("name")))).toBe("newer");
    for (const size of [10, LARGE.length]) {
      const failing = async function* () {
        yield* pieces(LARGE.subarray(0, size));
        throw new Error("the source broke off");
      };
      await expect(blobs.put("name", failing())).rejects.toThrow("broke off");
      expect(String(await bytesOf(blobs.get("name")))).toBe("newer");
    }
  });

  test("names are listed by prefix in the order of their characters", async () => {
    const blobs = await fresh();
    const names = ["a/b", "a/c/d", "a/e-f", "a/e0", "a0", "ab", "b/a"];
    await store(blobs, ...names.toReversed());
    const listed = async (prefix: string, after?: string) =>
      (await Array.fromAsync(blobs.list(prefix, after === undefined ? {} : { after }))).map(
        ({ name, size }) => {
          expect(size).toBe(name.length);
          return name;
        },
      );
    expect(await listed("")).toEqual([...names].sort());
    expect(await listed("a")).toEqual(names.slice(0, -1).sort());
    expect(await listed("a/")).toEqual(names.slice(0, 4));
    expect(await listed("a/c/")).toEqual(["a/c/d"]);
    expect(await listed("zz")).toEqual([]);
    for (const after of names)
      expect(await listed("", after)).toEqual(names.filter((name) => name > after).sort());
  });

  test("whoever gives up is let go", async () => {
    const blobs = await fresh();
    await blobs.put("large", pieces(LARGE));
    const { signal } = { signal: AbortSignal.abort(new Error("enough")) };
    await expect(blobs.put("x", pieces(LARGE), { signal })).rejects.toThrow("enough");
    await expect(blobs.stat("large", { signal })).rejects.toThrow("enough");
    await expect(bytesOf(blobs.get("large", { signal }))).rejects.toThrow("enough");
    await expect(blobs.getTo("large", "/nowhere", { signal })).rejects.toThrow("enough");
    const stop = new AbortController();
    const reading = async () => {
      for await (const chunk of blobs.get("large", { signal: stop.signal }))
        if (chunk.length > 0) stop.abort(new Error("enough"));
    };
    await expect(reading()).rejects.toThrow("enough");
    for await (const chunk of blobs.get("large")) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(await blobs.stat("x")).toBeNull();
  });

  test.each(["../x", "/x", "a//b", "", "A", "a/", ".a", "a".repeat(600), "a\nb", "ü"])(
    "%j names no blob",
    async (name) => {
      const blobs = await open();
      const invalid = { code: "BLOB_NAME_INVALID" };
      await expect(async () => await blobs.put(name, pieces(LARGE))).rejects.toMatchObject(invalid);
      await expect(async () => await blobs.stat(name)).rejects.toMatchObject(invalid);
      await expect(async () => await bytesOf(blobs.get(name))).rejects.toMatchObject(invalid);
      await expect(async () => await blobs.remove(name)).rejects.toMatchObject(invalid);
    },
  );
}
