import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { BadTagDirectory } from "../io/bad-tag-directory.ts";
import { auditedPeriod } from "./period-world.ts";

test("proofs wait until they are looked at, and what is none waits for nobody", async () => {
  const directory = await mkdtemp(join(tmpdir(), "neurond-bad-tags-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const [proof] = (await auditedPeriod({ tags: "wrong", verdict: 0 })).judged.badTags;
  const put = (name: string, text: string) => writeFile(join(directory, name), text);
  await put("bad-tag.a.json", JSON.stringify({ kind: "bad-tag", v: 1, ...proof }));
  await put("empty.json", "");
  await put("long.json", " ".repeat(200_000));
  const inbox = new BadTagDirectory(directory);
  expect(await inbox.waiting()).toEqual([{ file: "bad-tag.a.json", proof }]);
  expect(await inbox.waiting()).toHaveLength(1);
  await inbox.done(["bad-tag.a.json"]);
  expect(await inbox.waiting()).toEqual([]);
  expect((await readdir(directory)).every((name) => name.endsWith(".seen"))).toBe(true);
});
