import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findBinaries } from "../src/embedded/binaries.ts";
import { createCluster } from "../src/embedded/cluster.ts";
import { layoutOf } from "../src/embedded/layout.ts";
import { chooseRunner } from "../src/embedded/runner.ts";
import { hold, open, serverPid, temporaryDirectory } from "./embedded-fixture.ts";

const isRoot = process.getuid?.() === 0;

/** Whether others may enter every directory above this checkout and its Node. */
const isOpenToOthers = [fileURLToPath(import.meta.url), process.execPath].every((path) => {
  for (let here = realpathSync(path); here !== dirname(here); here = dirname(here)) {
    if ((statSync(here).mode & 0o001) === 0 && statSync(here).isDirectory()) return false;
  }
  return true;
});

/** A user namespace is what gives a nameless user a name. */
const hasNamespaces = (() => {
  try {
    execFileSync("unshare", ["--user", "true"], { uid: 54_321, gid: 54_321, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!isRoot)("the embedded database, started by root (skipped for other users)", () => {
  test("runs as a user who is not root, and owns its data alone", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    await using _database = await open(directory);
    const { uid } = statSync(join(directory, "data"));
    expect(uid).not.toBe(0);
    expect(statSync(`/proc/${serverPid(directory)}`).uid).toBe(uid);
    expect(statSync(join(directory, "server.json")).uid).toBe(0);
  });

  test("runs in a directory that only root may enter", async () => {
    const closed = temporaryDirectory();
    chmodSync(closed, 0o700);
    const directory = temporaryDirectory(closed);
    await using _database = await open(directory);
    expect(statSync(`/proc/${serverPid(directory)}`).uid).not.toBe(0);
  });

  test("runs programs of a checkout that only root may enter", async () => {
    const closed = temporaryDirectory();
    const installed = await findBinaries();
    execFileSync("cp", ["-r", dirname(dirname(installed.initdb)), join(closed, "native")]);
    const program = (name: string) => join(closed, "native", "bin", name);
    const binaries = { initdb: program("initdb"), postgres: program("postgres") };
    const layout = layoutOf(join(closed, "database"));
    mkdirSync(layout.directory);
    const runner = await chooseRunner({ ...layout, programs: Object.values(binaries) });
    const signal = AbortSignal.timeout(60_000);
    await createCluster({ layout, binaries, runner, password: "x", durable: false, signal });
    const server = runner.start(binaries.postgres, ["-D", layout.data, "-C", "data_checksums"]);
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(statSync(layout.data).uid).not.toBe(0);
  });

  test("goes on with the data of whoever made it", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o755);
    await (await open(directory))[Symbol.asyncDispose]();
    execFileSync("chown", ["-R", "2:2", join(directory, "data")]);
    await using _database = await open(directory);
    expect(statSync(`/proc/${serverPid(directory)}`).uid).toBe(2);
  });
});

describe.skipIf(!isRoot || !isOpenToOthers)(
  "the embedded database, started by another user (skipped unless root may become one)",
  () => {
    const homeless = (uid: number) => {
      const parent = temporaryDirectory();
      chmodSync(parent, 0o755);
      const directory = mkdtempSync(join(parent, "own-"));
      chownSync(directory, uid, uid);
      return directory;
    };

    test("runs as that user, who needs no home and no environment", async () => {
      const directory = homeless(65_534);
      const holder = await hold(directory, { uid: 65_534 });
      expect(holder.said).toMatchObject({ url: expect.stringContaining("127.0.0.1") });
      expect(statSync(`/proc/${serverPid(directory)}`).uid).toBe(65_534);
      await holder.leave();
      expect(serverPid(directory)).toBeNull();
    });

    test.skipIf(!hasNamespaces)(
      "runs as a user without a name, where the kernel lets it",
      async () => {
        const directory = homeless(54_321);
        const holder = await hold(directory, { uid: 54_321 });
        expect(holder.said).toMatchObject({ url: expect.stringContaining("127.0.0.1") });
        expect(statSync(`/proc/${serverPid(directory)}`).uid).toBe(54_321);
        await holder.leave();
      },
    );

    test("refuses the data of another user", async () => {
      const directory = homeless(65_534);
      mkdirSync(join(directory, "data"));
      const key = join(directory, "server.json");
      writeFileSync(key, '{"port":0,"password":"known"}');
      chownSync(key, 65_534, 65_534);
      const holder = await hold(directory, { uid: 65_534 });
      expect(holder.said).toMatchObject({
        code: "DATABASE_DIRECTORY_UNUSABLE",
        message: expect.stringContaining("belongs to user id 0"),
      });
    });

    test("says that it may not write its directory", async () => {
      const directory = homeless(1);
      chmodSync(directory, 0o755);
      const holder = await hold(directory, { uid: 65_534 });
      expect(holder.said.code).toBe("DATABASE_DIRECTORY_UNUSABLE");
    });
  },
);
