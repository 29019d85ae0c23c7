import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectChain } from "@neurond/chain";
import { mayMount, smallDisk } from "@neurond/testing/disk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GetShape, PutShape } from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";
import { StorageSubnet } from "./storage-subnet.ts";

const BYTES = randomBytes(3_000_000);

let subnet: StorageSubnet;
beforeAll(async () => {
  subnet = await StorageSubnet.start();
  await writeFile(join(subnet.root, "file"), BYTES);
}, 240_000);
afterAll(() => subnet?.[Symbol.asyncDispose](), 60_000);

async function neurond(line: readonly string[], records = join(subnet.root, "records")) {
  const options = ["--uri", "//Client", "--directory", records, "--json"];
  const { exitCode, stdout } = await run(["store", ...line, ...options], { connectChain });
  return { exitCode, json: JSON.parse(stdout) };
}

const put = (records?: string) => {
  const how = ["--rs", "1,3", "--segment-bytes", "262144", "--validator", subnet.validatorUrl];
  return neurond(["put", join(subnet.root, "file"), ...how], records);
};

describe.skipIf(!mayMount)("on a full disk (skipped where nothing may be mounted)", () => {
  test("a get says so, leaves no file that looks whole, and goes on once there is room", async () => {
    const { fileId } = PutShape.parse((await put()).json);
    const directory = join(subnet.root, "small");
    using _disk = smallDisk(directory, 2);
    const line = ["get", fileId, "--output", join(directory, "back")];
    const refused = await neurond(line);
    expect([refused.exitCode, refused.json.error.code]).toEqual([1, "DISK_FULL"]);
    expect(await readdir(directory)).not.toContain("back");
    execFileSync("mount", ["-o", "remount,size=8m", directory]);
    const got = GetShape.parse((await neurond(line)).json);
    expect(got.resumedBytes).toBeGreaterThan(1_000_000);
    expect((await readFile(got.output)).equals(BYTES)).toBe(true);
  });

  test("a put whose records find no room says so, and goes on once there is some", async () => {
    const directory = join(subnet.root, "records-disk");
    using _disk = smallDisk(directory, 1);
    await writeFile(join(directory, "others"), Buffer.alloc(2_000_000)).catch(() => undefined);
    const refused = await put(directory);
    expect([refused.exitCode, refused.json.error.code]).toEqual([1, "DISK_FULL"]);
    execFileSync("mount", ["-o", "remount,size=8m", directory]);
    const { fileId } = PutShape.parse((await put(directory)).json);
    const output = join(subnet.root, "again");
    expect((await neurond(["get", fileId, "--output", output], directory)).exitCode).toBe(0);
    expect((await readFile(output)).equals(BYTES)).toBe(true);
  });
});
