import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vaultContract } from "@neurond/s3/vault-contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DirectoryVault } from "../src/index.ts";

let directory: string;
const never = new AbortController().signal;
const open = () => DirectoryVault.open({ directory, keepFreeBytes: 0 });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "vault-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function usedBytes(): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async (file) => (await stat(join(file.parentPath, file.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function* single(bytes: Uint8Array) {
  yield bytes;
}

async function read(vault: DirectoryVault, id: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(vault.get(id, null, never)));
}

describe("the vault in a directory", () => {
  for (const { name, run } of vaultContract) {
    test(name, async () => {
      await run({ vault: await open(), reopen: open, usedBytes });
    });
  }

  test("lists what it holds, and clears old temporary files when it opens", async () => {
    const vault = await open();
    const { id } = await vault.put(single(Buffer.from("x")), { name: "n", signal: never });
    expect((await Array.fromAsync(vault.found())).map((blob) => blob.id)).toEqual([id]);
    for (const name of ["old", "young"]) await writeFile(join(directory, "incoming", name), "x");
    const longAgo = new Date(Date.now() - 48 * 3_600_000);
    await utimes(join(directory, "incoming", "old"), longAgo, longAgo);
    await open();
    expect(await readdir(join(directory, "incoming"))).toEqual(["young"]);
  });

  test("refuses a body that the disk has no room for, and a blob that was cut", async () => {
    const full = await DirectoryVault.open({ directory, keepFreeBytes: Number.MAX_SAFE_INTEGER });
    const put = full.put(single(Buffer.from("x")), { name: "n", signal: never });
    await expect(put).rejects.toMatchObject({ code: "VAULT_FULL" });
    const vault = await open();
    const { id } = await vault.put(single(Buffer.alloc(100)), { name: "n", signal: never });
    await truncate(join(directory, "blobs", id.slice(0, 2), id), 50);
    const cut = Array.fromAsync(vault.get(id, { offset: 0, length: 100 }, never));
    await expect(cut).rejects.toMatchObject({ code: "BLOB_MISSING" });
  });

  test("never follows an id out of its directory", async () => {
    const vault = await open();
    await mkdir(join(directory, "outside"));
    await writeFile(join(directory, "outside", "secret"), "secret");
    await symlink(join(directory, "outside"), join(directory, "blobs", "zz"));
    for (const id of ["../outside/secret", "zz/secret", "..%2Foutside%2Fsecret"]) {
      await expect(read(vault, id)).rejects.toMatchObject({ code: "BLOB_MISSING" });
      await expect(vault.remove(id)).rejects.toMatchObject({ code: "BLOB_MISSING" });
    }
  });
});

test("a process killed while it writes leaves whole blobs only, all of those it told of", async () => {
  for (let round = 0; round < 3; round += 1) {
    const script = new URL("./endless-writer.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, ["--conditions=neurond:source", script, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    child.stdout.on("data", (chunk) => {
      told += chunk;
    });
    while (told.split("\n").length < 4 + round * 5) await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    const vault = await open();
    // The last line may have been cut by the kill.
    for (const line of told.split("\n").slice(0, -1)) {
      const [id = "", size] = line.split(" ");
      expect((await read(vault, id)).length).toBe(Number(size));
    }
    for await (const { id } of vault.found()) {
      const bytes = await read(vault, id);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
      expect(bytes.length % 100_000).toBe(0);
    }
  }
});
