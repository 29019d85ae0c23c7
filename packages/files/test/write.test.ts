import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { moveWhole, syncDirectory, writeOnce, writeWhole } from "@neurond/files";
import { expect, test } from "vitest";
import { newDirectory } from "./place.ts";

async function* chunks() {
  yield Buffer.from("one ");
  yield Buffer.from("two");
}

test.each([
  ["a text", "one two"],
  ["bytes", Buffer.from("one two")],
  ["chunks as they come", chunks()],
  [
    "what the caller writes",
    (file: { writeFile(text: string): Promise<void> }) => file.writeFile("one two"),
  ],
] as const)("%s become a file of its owner's alone, with nothing beside it", async (_, content) => {
  const directory = await newDirectory();
  const path = join(directory, "file");
  await writeFile(path, "what was there before, and longer");
  await writeWhole(path, content);
  expect(await readFile(path, "utf8")).toBe("one two");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(["file"]);
});

test("until all of it is written, the file is as it was; a failure leaves it so, and nothing else", async () => {
  const directory = await newDirectory();
  const path = join(directory, "file");
  await writeFile(path, "before");
  async function* failing() {
    yield Buffer.from("half of ");
    expect(await readFile(path, "utf8")).toBe("before");
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^\..+\.part$/), "file"]);
    throw new Error("the source broke off");
  }
  await expect(writeWhole(path, failing())).rejects.toThrow("the source broke off");
  await expect(writeOnce(join(directory, "other"), failing())).rejects.toThrow();
  expect(await readFile(path, "utf8")).toBe("before");
  expect(await readdir(directory)).toEqual(["file"]);
});

test("of many who write at once the file is one's, whole", async () => {
  const directory = await newDirectory();
  const path = join(directory, "file");
  const texts = Array.from({ length: 10 }, (_, at) => `${at}`.repeat(50_000));
  await Promise.all(texts.map((text) => writeWhole(path, text)));
  expect(texts).toContain(await readFile(path, "utf8"));
  expect(await readdir(directory)).toEqual(["file"]);
});

test("of many who write once, one does, and the others hear of it", async () => {
  const directory = await newDirectory();
  const path = join(directory, "file");
  const texts = Array.from({ length: 10 }, (_, at) => `text ${at}`);
  const wrote = await Promise.all(texts.map((text) => writeOnce(path, text)));
  expect(wrote.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, "utf8")).toBe(texts[wrote.indexOf(true)]);
  expect(await readdir(directory)).toEqual(["file"]);
});

test("a link is replaced, and what it leads to stays as it is", async () => {
  const directory = await newDirectory();
  const [path, target] = [join(directory, "link"), join(directory, "target")];
  await writeFile(target, "of somebody else");
  await symlink(target, path);
  expect(await writeOnce(path, "ours")).toBe(false);
  expect(await readlink(path)).toBe(target);
  await writeWhole(path, "ours");
  await expect(readlink(path)).rejects.toMatchObject({ code: "EINVAL" });
  expect(await readFile(target, "utf8")).toBe("of somebody else");
});

test("a draft may lie elsewhere, have other permissions, and be somebody else's work", async () => {
  const directory = await newDirectory();
  const [path, drafts] = [join(directory, "file"), join(directory, "drafts")];
  await mkdir(drafts);
  await writeWhole(path, "read by all", { draft: join(drafts, "one"), mode: 0o644 });
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  await writeFile(join(drafts, "two"), "made by a program");
  await moveWhole(join(drafts, "two"), path);
  expect(await readFile(path, "utf8")).toBe("made by a program");
  expect(await readdir(drafts)).toEqual([]);
});

test("what a killed process left of a draft is replaced", async () => {
  const directory = await newDirectory();
  const [path, draft] = [join(directory, "file"), join(directory, "file.part")];
  for (const write of [writeOnce, writeWhole]) {
    await writeFile(draft, "half of something lon");
    await write(path, "whole", { draft });
    expect(await readFile(path, "utf8")).toBe("whole");
    expect(await readdir(directory)).toEqual(["file"]);
  }
});

test("the names of a directory are synced where that can be done", async () => {
  const directory = await newDirectory();
  const unreadable = join(directory, "unreadable");
  await mkdir(unreadable);
  await chmod(unreadable, 0o300);
  await syncDirectory(unreadable);
  await expect(syncDirectory(join(directory, "missing"))).rejects.toMatchObject({ code: "ENOENT" });
});
