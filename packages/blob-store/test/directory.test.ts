import { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { directoryBlobs } from "../src/index.ts";
import { bytesOf, pieces, scratch } from "./contract.ts";

test("a listing has the order of whole names, however directories lie", async () => {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "0", "-", "."), maxLength: 3 });
  const name = fc
    .array(part, { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map((one) => `x${one}`).join("/"));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(name, { maxLength: 12 }), name, async (names, after) => {
      // No name may be a directory of another.
      const free = names.filter((one) => !names.some((other) => other.startsWith(`${one}/`)));
      const blobs = directoryBlobs(scratch());
      for (const one of free) await blobs.put(one, pieces(Buffer.from("1")));
      const listed = async (options: { after?: string }) =>
        (await Array.fromAsync(blobs.list("", options))).map((found) => found.name);
      expect(await listed({})).toEqual([...free].sort());
      expect(await listed({ after })).toEqual(free.filter((one) => one > after).sort());
    }),
    { numRuns: 25 },
  );
});

test("what an interrupted write has left is no blob, and goes in a day", async () => {
  const directory = scratch();
  const drafts = join(directory, ".drafts");
  mkdirSync(drafts);
  for (const name of ["old", "young"]) writeFileSync(join(drafts, name), "half");
  utimesSync(join(drafts, "old"), 0, 0);
  const blobs = directoryBlobs(directory);
  await blobs.put("whole", pieces(Buffer.from("whole")));
  expect(readdirSync(drafts)).toEqual(["young"]);
  expect(await Array.fromAsync(blobs.list(""))).toEqual([{ name: "whole", size: 5 }]);
});

test("what is no file of ours is not listed", async () => {
  const directory = scratch();
  const blobs = directoryBlobs(directory);
  await blobs.put("a/b", pieces(Buffer.from("1")));
  writeFileSync(join(directory, "a", "Not a Name"), "x");
  symlinkSync("/etc/passwd", join(directory, "a", "link"));
  expect(await Array.fromAsync(blobs.list(""))).toEqual([{ name: "a/b", size: 1 }]);
});

test("a directory that cannot be used says so", async () => {
  const file = join(scratch(), "file");
  writeFileSync(file, "");
  const blobs = directoryBlobs(file);
  const unusable = { code: "BLOB_STORE_UNREACHABLE" };
  await expect(blobs.put("a", pieces(Buffer.from("1")))).rejects.toMatchObject(unusable);
  await expect(bytesOf(blobs.get("a"))).rejects.toMatchObject(unusable);
});
