import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lock, tryLock } from "@neurond/files";
import { expect, test } from "vitest";
import { newDirectory } from "./place.ts";

async function place(): Promise<{ readonly directory: string; readonly path: string }> {
  const directory = await newDirectory();
  return { directory, path: join(directory, "lock") };
}

const signal = AbortSignal.timeout(20_000);

test("a lock is held by one, and then by the next", async () => {
  const { path, directory } = await place();
  const takers = Array.from({ length: 10 }, () => tryLock(path));
  const [first, ...others] = takers.filter((held) => held !== undefined);
  expect(others).toEqual([]);
  first?.[Symbol.dispose]();
  using second = tryLock(path);
  expect(second?.path).toBe(path);
  // Given back twice: the second time it is somebody else's already.
  first?.[Symbol.dispose]();
  expect(tryLock(path)).toBeUndefined();
  expect(await readdir(directory)).toEqual(["lock"]);
  expect((await stat(path)).size).toBe(0);
});

test("locks of different files have nothing to do with each other", async () => {
  const { directory } = await place();
  using one = tryLock(join(directory, "one"));
  using other = tryLock(join(directory, "other"));
  expect([one, other]).not.toContain(undefined);
});

test.each([`{"host":"here","pid":1073741824,"id":"x"}\n`, "123\n", "123\n456\n789", ""])(
  "a file that says %j, as earlier locks did, is nobody's",
  async (note) => {
    const { path } = await place();
    await writeFile(path, note);
    using held = tryLock(path);
    expect(held).toBeDefined();
    expect(tryLock(path)).toBeUndefined();
  },
);

test("who waits gets the lock as soon as it is given back", async () => {
  const { path } = await place();
  const first = tryLock(path);
  const waiting = lock(path, { patienceMs: 20_000, signal });
  first?.[Symbol.dispose]();
  using second = await waiting;
  expect(second?.path).toBe(path);
});

test("who waits gives up when patience ends, or when it is told to", async () => {
  const { path } = await place();
  using _ = tryLock(path);
  expect(await lock(path, { patienceMs: 0, signal })).toBeUndefined();
  const interrupt = new AbortController();
  const waiting = lock(path, { patienceMs: 20_000, signal: interrupt.signal });
  interrupt.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  const late = lock(`${path}.free`, { patienceMs: 20_000, signal: interrupt.signal });
  await expect(late).rejects.toMatchObject({ name: "AbortError" });
});

test("what is no lock is left as it is", async () => {
  const { directory, path } = await place();
  await writeFile(path, "x".repeat(5_000));
  await mkdir(join(directory, "folder"));
  for (const name of ["lock", "folder", "missing/lock"]) {
    expect(() => tryLock(join(directory, name))).toThrow(
      expect.objectContaining({ code: "LOCK_FILE_UNUSABLE" }),
    );
  }
  expect((await stat(path)).size).toBe(5_000);
});
