import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mayMount, smallDisk } from "@neurond/testing/disk";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { open, temporaryDirectory } from "./embedded-fixture.ts";

function ownDisk(sizeMb: number): string {
  const directory = join(temporaryDirectory(), "disk");
  const disk = smallDisk(directory, sizeMb);
  onTestFinished(() => disk[Symbol.dispose]());
  return directory;
}

describe.skipIf(!mayMount)("on a full disk (skipped where nothing may be mounted)", () => {
  test("a new database says so, and is made once there is room", async () => {
    const disk = ownDisk(120);
    const directory = join(disk, "database");
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(110 * 1024 * 1024));
    await expect(open(directory)).rejects.toMatchObject({ code: "DATABASE_DISK_FULL" });
    rmSync(filler);
    await using database = await open(directory);
    expect(database.server).toBe("embedded");
  });

  test("a statement says so, nothing stored is lost, and there is a way on", async () => {
    const disk = ownDisk(150);
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
