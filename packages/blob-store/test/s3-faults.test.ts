import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { S3Server } from "@neurond/testing/s3";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { fileCredentials, type S3Options, s3Blobs } from "../src/index.ts";
import { bytesOf, pieces, scratch } from "./contract.ts";
import { type Fault, FaultyProxy, type Seen } from "./faulty-proxy.ts";

const resources = new AsyncDisposableStack();
let server: S3Server;
let proxy: FaultyProxy;

beforeAll(async () => {
  server = resources.use(await S3Server.start());
  proxy = resources.use(await FaultyProxy.start(server.options.endpoint));
});
beforeEach(() => {
  proxy.seen.length = 0;
  proxy.faultOf = () => ({ kind: "pass" });
});
afterAll(() => resources.disposeAsync());

function open(options: Partial<S3Options> = {}) {
  const blobs = s3Blobs({ ...server.options, endpoint: proxy.endpoint, ...options });
  onTestFinished(() => blobs[Symbol.asyncDispose]());
  return blobs;
}

/** The first requests that match get these faults, one each. */
function plan(matches: (seen: Seen) => boolean, ...faults: readonly Fault[]): void {
  const left = [...faults];
  proxy.faultOf = (seen) => (matches(seen) ? left.shift() : undefined) ?? { kind: "pass" };
}

const always = () => true;
const slow = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>x</Message></Error>';
const LARGE = randomBytes((5 << 20) * 2 + 12_345);

describe("what may pass is tried again", () => {
  const faults: readonly Fault[] = [
    { kind: "answer", status: 503, body: slow },
    { kind: "answer", status: 429 },
    { kind: "answer", status: 500, body: "<html>oops" },
    { kind: "reset" },
    { kind: "deaf" },
  ];

  test.each(faults)("%j", async (fault) => {
    const blobs = open();
    plan(always, fault);
    await blobs.put("again", pieces(LARGE.subarray(0, 1_000)));
    plan(always, fault);
    expect(await blobs.stat("again")).toEqual({ size: 1_000 });
    plan(always, fault);
    expect(await bytesOf(blobs.get("again"))).toEqual(LARGE.subarray(0, 1_000));
    plan(always, fault);
    expect(await Array.fromAsync(blobs.list("aga"))).toEqual([{ name: "again", size: 1_000 }]);
    plan(always, fault);
    await blobs.remove("again");
    expect(await blobs.stat("again")).toBeNull();
  });

  test("also where only the code says that it may pass", async () => {
    plan(always, { kind: "answer", status: 403, body: slow });
    await open().put("slow", pieces(LARGE.subarray(0, 9)));
    expect(proxy.seen).toHaveLength(2);
  });

  test("so many times, and then told", async () => {
    const blobs = open({ attempts: 3 });
    proxy.faultOf = () => ({ kind: "answer", status: 503 });
    await expect(blobs.stat("nothing")).rejects.toMatchObject({ code: "BLOB_STORE_UNREACHABLE" });
    expect(proxy.seen).toHaveLength(3);
  });

  test("and whoever does not answer in time does not answer", async () => {
    const blobs = open({ attempts: 2, requestMs: 100 });
    proxy.faultOf = () => ({ kind: "hang" });
    await expect(blobs.stat("nothing")).rejects.toMatchObject({ code: "BLOB_STORE_UNREACHABLE" });
    await expect(bytesOf(blobs.get("x"))).rejects.toMatchObject({
      code: "BLOB_STORE_UNREACHABLE",
    });
  });
});

describe("a download", () => {
  const isGet = ({ method }: Seen) => method === "GET";

  test("that breaks off is taken up where it broke", async () => {
    const blobs = open();
    await blobs.put("large", pieces(LARGE));
    proxy.seen.length = 0;
    plan(
      isGet,
      { kind: "cut", bytes: 3_000_000 },
      { kind: "reset" },
      { kind: "cut", bytes: 70_000 },
    );
    expect((await bytesOf(blobs.get("large"))).equals(LARGE)).toBe(true);
    plan(isGet, { kind: "cut", bytes: 1_000 });
    const range = { from: 5, to: 20_000 };
    const got = await bytesOf(blobs.get("large", { range }));
    expect(got.equals(LARGE.subarray(5, 20_000))).toBe(true);
  });

  test("of bytes that changed on the way is refused, and no file appears", async () => {
    const blobs = open();
    const source = join(scratch(), "source");
    writeFileSync(source, LARGE);
    await blobs.put("small", pieces(LARGE.subarray(0, 1_000)));
    await blobs.put("large", source);
    const directory = scratch();
    for (const name of ["small", "large"]) {
      plan(isGet, { kind: "flip" });
      const corrupt = { code: "BLOB_CORRUPT" };
      await expect(blobs.getTo(name, join(directory, "target"))).rejects.toMatchObject(corrupt);
    }
    expect(readdirSync(directory)).toEqual([]);
  });

  test("of a blob that is replaced meanwhile is given up", async () => {
    const blobs = open();
    await blobs.put("moving", pieces(LARGE));
    plan(isGet, { kind: "cut", bytes: 100_000 });
    const reading = blobs.get("moving")[Symbol.asyncIterator]();
    await reading.next();
    await blobs.put("moving", pieces(LARGE.subarray(1)));
    const rest = async () => {
      while ((await reading.next()).done !== true);
    };
    await expect(rest()).rejects.toMatchObject({ code: "BLOB_CHANGED" });
  });
});

describe("an upload in parts", () => {
  const isPart = (number: number) => (seen: Seen) => seen.path.includes(`partNumber=${number}`);
  const isCompletion = ({ method, path }: Seen) => method === "POST" && path.includes("uploadId");

  test("repeats the part that failed and no other", async () => {
    const blobs = open();
    plan(isPart(2), { kind: "answer", status: 500 }, { kind: "reset" });
    await blobs.put("parts", pieces(LARGE));
    expect(proxy.seen.filter(isPart(1))).toHaveLength(1);
    expect(proxy.seen.filter(isPart(2))).toHaveLength(3);
    expect((await bytesOf(blobs.get("parts"))).equals(LARGE)).toBe(true);
  });

  test("that fails for good is aborted and leaves no blob", async () => {
    const blobs = open({ attempts: 2 });
    proxy.faultOf = (seen) =>
      isPart(2)(seen) ? { kind: "answer", status: 400 } : { kind: "pass" };
    const refused = { code: "BLOB_STORE_REFUSED" };
    await expect(blobs.put("half", pieces(LARGE))).rejects.toMatchObject(refused);
    const aborted = ({ method, path }: Seen) => method === "DELETE" && path.includes("uploadId");
    expect(proxy.seen.filter(aborted)).toHaveLength(1);
    expect(await blobs.stat("half")).toBeNull();
  });

  test("whose completion was done and not told is done", async () => {
    const blobs = open();
    plan(isCompletion, { kind: "deaf" });
    await blobs.put("told-late", pieces(LARGE));
    expect((await bytesOf(blobs.get("told-late"))).equals(LARGE)).toBe(true);
  });

  test("whose completion is an error with the status of success has failed", async () => {
    const blobs = open();
    plan(isCompletion, {
      kind: "answer",
      status: 200,
      body: "<Error><Code>InvalidPart</Code></Error>",
    });
    await expect(blobs.put("untrue", pieces(LARGE))).rejects.toMatchObject({
      code: "BLOB_STORE_REFUSED",
      context: { code: "InvalidPart" },
    });
    expect(await blobs.stat("untrue")).toBeNull();
  });
});

describe("credentials", () => {
  test("that are wrong are refused at once, and no message tells them", async () => {
    const secretAccessKey = "a-secret-that-is-wrong";
    const blobs = open({ credentials: () => ({ accessKeyId: "NOBODY", secretAccessKey }) });
    const error = await blobs.put("x", pieces(LARGE.subarray(0, 9))).catch((one) => one);
    expect(error).toMatchObject({
      code: "BLOB_STORE_REFUSED",
      context: { code: "InvalidAccessKeyId" },
    });
    expect(proxy.seen).toHaveLength(1);
    expect(JSON.stringify([error.message, error.context])).not.toContain(secretAccessKey);
  });

  test("of a file count from the moment that they are in it", async () => {
    const path = join(scratch(), "credentials");
    const blobs = open({ credentials: fileCredentials(path, "two") });
    const missing = { code: "BLOB_CREDENTIALS_MISSING" };
    await expect(blobs.stat("nothing")).rejects.toMatchObject(missing);
    const keys = "aws_access_key_id = S3RVER\naws_secret_access_key=S3RVER\n";
    writeFileSync(path, `[default]\naws_access_key_id = none\n[one]\n${keys}`);
    await expect(blobs.stat("nothing")).rejects.toMatchObject(missing);
    writeFileSync(path, `[default]\naws_access_key_id = none\n[profile two]\n${keys}`);
    expect(await blobs.stat("nothing")).toBeNull();
    rmSync(path);
    await expect(blobs.stat("nothing")).rejects.toMatchObject(missing);
  });
});

test("a quota that is used up says so, and is not tried again", async () => {
  const blobs = open();
  proxy.faultOf = () => ({
    kind: "answer",
    status: 403,
    body: "<Error><Code>QuotaExceeded</Code></Error>",
  });
  const full = { code: "BLOB_STORE_FULL" };
  await expect(blobs.put("x", pieces(LARGE.subarray(0, 9)))).rejects.toMatchObject(full);
  expect(proxy.seen).toHaveLength(1);
});
