import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { notePids, readPids, takeDirectory } from "../src/commands/localnet/directory.ts";
import { temporaryDirectory } from "./temporary.ts";

const signal = AbortSignal.timeout(20_000);
const take = (root: string) => takeDirectory(root, { fresh: false, signal });

test("a directory is one localnet's, which is named to others, until that has left", async () => {
  const root = await temporaryDirectory();
  {
    await using first = await take(root);
    expect(first.places.root).toBe(root);
    notePids(root, [4_000_001, 4_000_002]);
    await expect(take(root)).rejects.toMatchObject({
      code: "LOCALNET_RUNNING",
      context: { pid: process.pid },
    });
    // Whoever was refused changed nothing.
    expect(await readPids(root)).toEqual([process.pid, 4_000_001, 4_000_002]);
  }
  expect(await readdir(root)).not.toContain("localnet.pids");
  await using next = await take(root);
  expect(next.places.root).toBe(root);
});

test("children of a localnet that was killed are waited for", async () => {
  const root = await temporaryDirectory();
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 20_000)"]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const dead = 2 ** 30;
  await writeFile(join(root, "localnet.pids"), `${dead}\n${child.pid}`);
  let isTaken = false;
  const taking = take(root).then((directory) => {
    isTaken = true;
    return directory;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(isTaken).toBe(false);
  child.kill("SIGKILL");
  await using directory = await taking;
  expect(await readFile(join(directory.places.root, "localnet.pids"), "utf8")).toBe(
    `${process.pid}`,
  );
});

test("a directory that cannot be written is told", async () => {
  const root = await temporaryDirectory();
  await writeFile(join(root, "file"), "");
  await expect(take(join(root, "file"))).rejects.toBeInstanceOf(Error);
  await expect(take(join(root, "file", "below"))).rejects.toMatchObject({
    code: "NO_WRITE_PERMISSION",
  });
});
