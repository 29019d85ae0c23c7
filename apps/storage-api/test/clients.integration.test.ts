import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alice, nameOf, type ServedNode, serveNode } from "./harness.ts";
import { programs, runClient } from "./run-client.ts";

const MIB = 1_048_576;
const [aws] = programs("aws");
const [rclone] = programs("rclone");
const SKIPPED = "is not installed: skipped";

let served: ServedNode;
let directory: string;
let env: Record<string, string>;
const small = randomBytes(1000);
const big = randomBytes(17 * MIB + 3);

beforeAll(async () => {
  served = await serveNode();
  directory = await mkdtemp(join(tmpdir(), "s3-clients-"));
  const { accessKeyId, secret } = await served.api.keys.add(nameOf(alice), "clients");
  env = {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    AWS_CONFIG_FILE: join(directory, "aws-config"),
    RCLONE_CONFIG_NODE_TYPE: "s3",
    RCLONE_CONFIG_NODE_PROVIDER: "Other",
    RCLONE_CONFIG_NODE_ACCESS_KEY_ID: accessKeyId,
    RCLONE_CONFIG_NODE_SECRET_ACCESS_KEY: secret,
    RCLONE_CONFIG_NODE_ENDPOINT: served.gatewayUrl,
    RCLONE_CONFIG_NODE_FORCE_PATH_STYLE: "true",
  };
  // Without it `presign` signs with version 2, which nobody should accept any more.
  await writeFile(join(directory, "aws-config"), "[default]\ns3 =\n  signature_version = s3v4\n");
  const tree = join(directory, "tree");
  await mkdir(join(tree, "sub dir/ü"), { recursive: true });
  await writeFile(join(tree, "small"), small);
  await writeFile(join(tree, "empty"), "");
  await writeFile(join(tree, "sub dir/ü/+ (1).bin"), small);
  await writeFile(join(tree, "sub dir/big"), big);
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const files = ["empty", "small", "sub dir/big", "sub dir/ü/+ (1).bin"];

async function expectSameTree(copy: string): Promise<void> {
  for (const file of files) {
    const [ours, theirs] = await Promise.all([
      readFile(join(directory, "tree", file)),
      readFile(join(directory, copy, file)),
    ]);
    expect(theirs.equals(ours), file).toBe(true);
  }
}

describe.skipIf(aws === undefined)(`the AWS command line${aws ? "" : ` ${SKIPPED}`}`, () => {
  const call = (...args: readonly string[]) => {
    const endpoint = ["--endpoint-url", served.gatewayUrl];
    return runClient(aws ?? "", [...endpoint, ...args], { env, cwd: directory });
  };

  test("makes a bucket, syncs a tree there and back, and finds nothing left to do", async () => {
    await call("s3", "mb", "s3://aws-tree");
    await call("s3", "sync", "tree", "s3://aws-tree/t");
    expect(await call("s3", "sync", "tree", "s3://aws-tree/t")).toBe("");
    await call("s3", "sync", "s3://aws-tree/t", "back");
    await expectSameTree("back");
    const listed = await call("s3", "ls", "--recursive", "s3://aws-tree");
    for (const file of files) expect(listed).toContain(`t/${file}`);
  });

  test("copies and moves on the server, multipart too, and reads what it moved", async () => {
    await call("s3", "cp", "s3://aws-tree/t/sub dir/big", "s3://aws-tree/copy");
    await call("s3", "mv", "s3://aws-tree/copy", "s3://aws-tree/moved");
    await call("s3", "cp", "s3://aws-tree/moved", "moved");
    expect((await readFile(join(directory, "moved"))).equals(big)).toBe(true);
  });

  test("reads ranges and metadata, presigns, and deletes", async () => {
    const object = ["--bucket", "aws-tree", "--key", "m"];
    await call("s3api", "put-object", ...object, "--body", "tree/small", "--metadata", "a=1");
    const head = JSON.parse(await call("s3api", "head-object", ...object));
    expect([head.ContentLength, head.Metadata]).toEqual([1000, { a: "1" }]);
    await call("s3api", "get-object", ...object, "--range", "bytes=10-19", "ranged");
    const ranged = await readFile(join(directory, "ranged"));
    expect(ranged.equals(small.subarray(10, 20))).toBe(true);
    const url = (await call("s3", "presign", "s3://aws-tree/m", "--expires-in", "60")).trim();
    const fetched = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(fetched.equals(small)).toBe(true);
    await call("s3", "rm", "--recursive", "s3://aws-tree");
    await call("s3", "rb", "s3://aws-tree");
    expect(await call("s3", "ls")).not.toContain("aws-tree");
  });
});

describe.skipIf(rclone === undefined)(`rclone${rclone ? "" : ` ${SKIPPED}`}`, () => {
  const call = (...args: readonly string[]) =>
    runClient(rclone ?? "", args, { env, cwd: directory });

  test("syncs a tree there and back, in parts, and checks it", async () => {
    const parts = ["--s3-chunk-size", "5M", "--s3-upload-cutoff", "6M"];
    await call("sync", "tree", "node:rclone-tree/t", ...parts);
    await call("check", "tree", "node:rclone-tree/t");
    await call("sync", "node:rclone-tree/t", "cloned", "--multi-thread-cutoff", "1M");
    await expectSameTree("cloned");
  });

  test("copies on the server, lists, reads a range and purges", async () => {
    await call("copyto", "node:rclone-tree/t/small", "node:rclone-tree/copy");
    const listed = JSON.parse(await call("lsjson", "-R", "--files-only", "node:rclone-tree"));
    const names = listed.map(({ Path }: { Path: string }) => Path).sort();
    expect(names).toEqual(["copy", ...files.map((file) => `t/${file}`)].sort());
    const args = ["cat", "--offset", "5", "--count", "3", "node:rclone-tree/t/sub dir/big"];
    expect((await call(...args)).length).toBeGreaterThan(0);
    await call("purge", "node:rclone-tree");
    expect(await call("lsd", "node:")).not.toContain("rclone-tree");
  });
});
