import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { READ_BYTES, readAhead } from "../src/read-ahead.ts";

const content = randomBytes(5 * READ_BYTES + 17);
let directory = "";
let path = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "read-ahead-"));
  path = join(directory, "file");
  await writeFile(path, content);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test.each([0, 1, READ_BYTES - 1, content.length, content.length + 1])(
  "the bytes from %i on come in order",
  async (start) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of readAhead(path, start)) pieces.push(Uint8Array.from(piece));
    expect(Buffer.concat(pieces).equals(content.subarray(start))).toBe(true);
  },
);

test("a piece stands until the second one after it is asked for, in memory that is used again", async () => {
  const memory = new Set<ArrayBufferLike>();
  let before: Uint8Array = new Uint8Array();
  let at = 0;
  for await (const piece of readAhead(path)) {
    memory.add(piece.buffer);
    expect(content.subarray(at - before.length, at).equals(before)).toBe(true);
    before = piece;
    at += piece.length;
  }
  expect(memory.size).toBe(3);
});

test("who stops reading leaves no file open", async () => {
  for await (const piece of readAhead(path)) if (piece.length > 0) break;
  const open = await Promise.all(
    (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  expect(open).not.toContain(path);
});

test("a file that is not there is told of", async () => {
  await expect(readAhead(join(directory, "none")).next()).rejects.toThrow("ENOENT");
});
