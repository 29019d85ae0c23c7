import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { connectChain } from "@neurond/chain";
import { READY_NETUID } from "@neurond/devnet";
import type { ShardStore } from "@neurond/workload-storage/io";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GetShape, ListShape, PutShape } from "../src/commands/store/schemas.ts";
import { run } from "./run.ts";
import { StorageSubnet, until } from "./storage-subnet.ts";

let subnet: StorageSubnet;
let root: string;
beforeAll(async () => {
  subnet = await StorageSubnet.start();
  root = subnet.root;
});
afterAll(() => subnet?.[Symbol.asyncDispose]());

async function neurond(line: readonly string[], uri = "//Client") {
  const options = ["--uri", uri, "--directory", join(root, "records"), "--json"];
  const answer = await run(["store", ...line, ...options], { connectChain });
  return { ...answer, json: JSON.parse(answer.stdout) };
}

const through = () => ["--validator", subnet.validatorUrl];

async function fileOf(name: string, size: number): Promise<{ path: string; bytes: Buffer }> {
  await mkdir(join(root, "files"), { recursive: true });
  const path = join(root, "files", name);
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  return { path, bytes };
}

describe("neurond store", () => {
  test("stores a file of several segments and brings it back bit for bit", async () => {
    const { path, bytes } = await fileOf("report.pdf", 700_001);
    const line = ["put", path, "--segment-bytes", "262144", "--rs", "2,3", ...through()];
    const put = PutShape.parse((await neurond(line)).json);
    expect(put).toMatchObject({ name: "report.pdf", size: 700_001, segments: 3, rs: [2, 3] });
    expect((await stat(put.record)).mode & 0o777).toBe(0o600);
    expect(await readFile(put.record, "utf8")).not.toContain("report.pdf");
    expect(await readdir(join(root, "records", ".uploads"))).toEqual([]);
    const output = join(root, "back.pdf");
    const get = GetShape.parse((await neurond(["get", "report.pdf", "--output", output])).json);
    expect(get).toMatchObject({ fileId: put.fileId, name: "report.pdf", badShards: [] });
    expect(await readFile(output)).toEqual(bytes);
    expect((await stat(output)).mode & 0o777).toBe(0o600);
  });

  test("finds its validator on chain, and the manifest there when no record is here", async () => {
    const { path, bytes } = await fileOf("lost-record.txt", 1_000);
    const where = ["-n", subnet.devnet.url, "--netuid", String(READY_NETUID)];
    const put = PutShape.parse((await neurond(["put", path, "--copies", "1", ...where])).json);
    await rm(put.record);
    const output = join(root, "found.txt");
    const get = await neurond(["get", put.fileId, "--output", output, ...where]);
    expect(GetShape.parse(get.json)).toMatchObject({ name: "lost-record.txt" });
    expect(await readFile(output)).toEqual(bytes);
  });

  test("gets a file although one of its miners lost it and another changed it", async () => {
    const { path, bytes } = await fileOf("resilient", 50_000);
    const put = PutShape.parse((await neurond(["put", path, "--copies", "3", ...through()])).json);
    const [first, second] = put.miners.map((miner) => subnet.stores.get(miner));
    for (const { receipt } of first?.shards.list() ?? []) {
      if (receipt.size !== put.encryptedSize) continue;
      const name = Buffer.from(receipt.shardId).toString("hex");
      await first?.shards.delete(name as Parameters<ShardStore["delete"]>[0]);
    }
    for (const { receipt } of second?.shards.list() ?? []) {
      if (receipt.size !== put.encryptedSize) continue;
      const name = Buffer.from(receipt.shardId).toString("hex");
      const place = join(second?.directory ?? "", "shards", name.slice(0, 2), `${name}.shard`);
      await writeFile(place, randomBytes(receipt.size));
    }
    const output = join(root, "resilient.back");
    const get = GetShape.parse((await neurond(["get", "resilient", "--output", output])).json);
    expect(await readFile(output)).toEqual(bytes);
    for (const { reason } of get.badShards) expect(reason).toMatch(/ROOT_MISMATCH|MINER_REFUSED/);
  });

  test("interrupted, goes on where it was", async () => {
    const { path, bytes } = await fileOf("interrupted", 1_200_000);
    const records = join(root, "records");
    const uploads = join(records, ".uploads");
    const interrupt = new AbortController();
    const line = ["put", path, "--segment-bytes", "65536", ...through()];
    const options = ["--uri", "//Client", "--directory", records];
    const putting = run(["store", ...line, ...options], {
      connectChain,
      signal: interrupt.signal,
    });
    await until(async () => {
      const name = (await readdir(uploads)).find((one) => one.endsWith(".journal"));
      if (name === undefined) return false;
      expect((await stat(join(uploads, name))).mode & 0o777).toBe(0o600);
      return (await readFile(join(uploads, name), "utf8")).includes('"stored"');
    });
    interrupt.abort();
    expect((await putting).exitCode).toBe(130);
    expect((await readdir(uploads)).filter((name) => name.endsWith(".lock"))).toEqual([]);
    const put = PutShape.parse((await neurond(line)).json);
    expect(put).toMatchObject({ rs: [1, 3], segments: 19 });
    expect(put.resumedSegments).toBeGreaterThan(0);
    expect(await readdir(uploads)).toEqual([]);
    const output = join(root, "interrupted.back");
    await neurond(["get", "interrupted", "--output", output]);
    expect(await readFile(output)).toEqual(bytes);
  });

  test("stores a file without a byte", async () => {
    const { path } = await fileOf("empty", 0);
    await neurond(["put", path, "--copies", "1", ...through()]);
    const output = join(root, "empty.back");
    expect((await neurond(["get", "empty", "--output", output])).json).toMatchObject({ size: 0 });
    expect(await readFile(output)).toEqual(Buffer.alloc(0));
  });

  test("lists files by name for their owner only", async () => {
    const { path } = await fileOf("mine.txt", 10);
    const put = PutShape.parse((await neurond(["put", path, "--copies", "1", ...through()])).json);
    const own = ListShape.parse((await neurond(["list", ...through()])).json);
    const listed = own.files.find(({ fileId }) => fileId === put.fileId);
    expect(listed).toMatchObject({ name: "mine.txt", where: "both" });
    const other = ListShape.parse((await neurond(["list", ...through()], "//Other")).json);
    expect(other.files.find(({ fileId }) => fileId === put.fileId)).toMatchObject({
      name: null,
      where: "here",
    });
    const ids = ListShape.parse((await neurond(["list", "--ids"])).json);
    expect(ids.files.every(({ name }) => name === null)).toBe(true);
  });

  test("gives another owner nothing, and leaves a file that is there alone", async () => {
    const { path } = await fileOf("secret.txt", 10);
    const put = PutShape.parse((await neurond(["put", path, "--copies", "1", ...through()])).json);
    const output = join(root, "stolen");
    const stolen = await neurond(["get", put.fileId, "--output", output], "//Thief");
    expect([stolen.exitCode, stolen.json.error.code]).toEqual([1, "KEY_INVALID"]);
    await writeFile(output, "precious");
    const taken = await neurond(["get", "secret.txt", "--output", output]);
    expect([taken.exitCode, taken.json.error.code]).toEqual([1, "OUTPUT_EXISTS"]);
    expect(await readFile(output, "utf8")).toBe("precious");
    const replaced = await neurond(["get", "secret.txt", "--output", output, "--overwrite"]);
    expect(replaced.exitCode).toBe(0);
  });

  test("says what is wrong: no file, no validator, too few miners, an unknown name", async () => {
    const { path } = await fileOf("small", 10);
    const codeOf = async (line: readonly string[]) => {
      const { exitCode, json } = await neurond(line);
      return [exitCode, json.error.code];
    };
    expect(await codeOf(["put", join(root, "nothing"), ...through()])).toEqual([
      2,
      "INPUT_INVALID",
    ]);
    const nowhere = ["--validator", "http://127.0.0.1:1"];
    expect(await codeOf(["put", path, ...nowhere])).toEqual([3, "VALIDATOR_UNREACHABLE"]);
    expect(await codeOf(["put", path, "--copies", "4", ...through()])).toEqual([1, "PLAN_INVALID"]);
    expect(await codeOf(["put", path, "--rs", "3,2", ...through()])).toEqual([2, "USAGE"]);
    expect(await codeOf(["get", "no such name"])).toEqual([1, "FILE_UNKNOWN"]);
    expect(await codeOf(["put", path, "--validator", "ftp://x"])).toEqual([2, "USAGE"]);
  });
});
