import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { open, temporaryDirectory } from "./embedded-fixture.ts";

/** A disk of its own, small enough to be filled. */
function smallDisk(sizeMb: number): string {
  const disk = join(temporaryDirectory(), "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m,mode=755`, "tmpfs", disk]);
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", disk]);
  });
  return disk;
}

const mayMount = (() => {
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!mayMount)("on a full disk (skipped where nothing may be mounted)", () => {
  test("a new database says so, and is made once there is room", async () => {
    const disk = smallDisk(120);
    const directory = join(disk, "database");
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(110 * 1024 * 1024));
    await expect(open(directory)).rejects.toMatchObject({ code: "DATABASE_DISK_FULL" });
    rmSync(filler);
    await using database = await open(directory);
    expect(database.server).toBe("embedded");
  });

  test("a statement says so, nothing stored is lost, and there is a way on", async () => {
    const disk = smallDisk(150);
    const directory = join(disk, "database");
    chmodSync(disk, 0o755);
    await using database = await open(directory);
    await sql`create table kept as select 1 as one`.execute(database.kysely);
    const flood = sql`create table flood as
      select repeat(md5(random()::text), 50) from generate_series(1, 200000)`;
    await expect(flood.execute(database.kysely)).rejects.toMatchObject({
      code: "DATABASE_DISK_FULL",
    });
    const { rows } = await sql<{ one: number }>`select one from kept`.execute(database.kysely);
    expect(rows).toEqual([{ one: 1 }]);
    await sql`create table after as select 1 as one`.execute(database.kysely);
  });
});
