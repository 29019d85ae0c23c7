import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  ChecksumAlgorithm,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendRaw, signedRequest } from "./raw-request.ts";
import { type Served, serveGateway } from "./serve.ts";

const MIB = 1_048_576;
const EMPTY = Buffer.alloc(0);
const Bucket = "photos";
let served: Served;
let s3: S3Client;
let bob: S3Client;

beforeAll(async () => {
  served = await serveGateway();
  s3 = served.client();
  bob = served.client("bob");
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => served[Symbol.asyncDispose]());

const nameOf = (work: Promise<unknown>) =>
  work.then(
    () => "nothing",
    (error: { readonly name: string; readonly $metadata?: object }) => error.name,
  );

async function bytesOf(Key: string, more: object = {}): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

describe("buckets", () => {
  test("are made, listed, asked for and deleted by their owner only", async () => {
    const two = { Bucket: "second-bucket" };
    await s3.send(new CreateBucketCommand(two));
    const { Buckets = [], Owner } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toEqual([Bucket, two.Bucket]);
    expect(Owner?.ID).toBe("alice");
    expect((await bob.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
    await s3.send(new HeadBucketCommand(two));
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand(two));
    expect(LocationConstraint ?? "").toBe("");
    expect(await nameOf(s3.send(new CreateBucketCommand(two)))).toBe("BucketAlreadyOwnedByYou");
    expect(await nameOf(bob.send(new CreateBucketCommand(two)))).toBe("BucketAlreadyExists");
    expect(await nameOf(bob.send(new DeleteBucketCommand(two)))).toBe("AccessDenied");
    expect(await nameOf(bob.send(new ListObjectsV2Command(two)))).toBe("AccessDenied");
    await s3.send(new DeleteBucketCommand(two));
    expect(await nameOf(s3.send(new DeleteBucketCommand(two)))).toBe("NoSuchBucket");
    expect(await nameOf(s3.send(new HeadBucketCommand(two)))).toBe("NotFound");
  });

  test("have names by the rules, and so many an owner", async () => {
    expect(await nameOf(s3.send(new CreateBucketCommand({ Bucket: "UPPER" })))).toBe(
      "InvalidBucketName",
    );
    const make = (at: number) => bob.send(new CreateBucketCommand({ Bucket: `bob-${at}` }));
    for (const at of [1, 2, 3, 4, 5]) await make(at);
    expect(await nameOf(make(6))).toBe("TooManyBuckets");
  });
});

describe("objects", () => {
  test("come back with what was said of them", async () => {
    const Body = "hello, world";
    const put = await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "dir/ü + ~file (1)*.txt",
        Body,
        ContentType: "text/plain; charset=utf-8",
        CacheControl: "max-age=60",
        ContentEncoding: "identity",
        Metadata: { camera: "box", "x-y": "1  2" },
      }),
    );
    const md5 = createHash("md5").update(Body).digest("hex");
    expect(put.ETag).toBe(`"${md5}"`);
    expect(put.ChecksumCRC32).toBeDefined();
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "dir/ü + ~file (1)*.txt" }));
    expect(await got.Body?.transformToString()).toBe(Body);
    expect(got.ContentType).toBe("text/plain; charset=utf-8");
    expect(got.CacheControl).toBe("max-age=60");
    expect(got.ContentEncoding).toBe("identity");
    expect(got.Metadata).toEqual({ camera: "box", "x-y": "1  2" });
    expect(got.ETag).toBe(put.ETag);
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "dir/ü + ~file (1)*.txt" }));
    expect(head.ContentLength).toBe(12);
    expect(head.LastModified?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test("of any size come back, empty ones too", async () => {
    for (const size of [0, 1, 65_536, 5 * MIB + 1]) {
      const Body = randomBytes(size);
      await s3.send(new PutObjectCommand({ Bucket, Key: "sized", Body }));
      expect((await bytesOf("sized")).equals(Body)).toBe(true);
    }
  });

  for (const algorithm of Object.values(ChecksumAlgorithm)) {
    if (!["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"].includes(algorithm)) continue;
    // Two of them need a native library that a client may lack; then it refuses itself.
    test(`are taken from a stream with a trailing ${algorithm}`, async () => {
      const bytes = randomBytes(200_000);
      const put = new PutObjectCommand({
        Bucket,
        Key: algorithm,
        Body: Readable.from([bytes.subarray(0, 70_001), bytes.subarray(70_001)]),
        ContentLength: bytes.length,
        ChecksumAlgorithm: algorithm,
      });
      await s3.send(put);
      expect((await bytesOf(algorithm)).equals(bytes)).toBe(true);
      const stored = await served.index.object(Bucket, algorithm);
      expect(stored?.checksum?.algorithm).toBe(algorithm);
      expect(stored?.headers["content-encoding"]).toBeUndefined();
    });
  }

  test("are read in ranges", async () => {
    const Body = randomBytes(300_000);
    await s3.send(new PutObjectCommand({ Bucket, Key: "ranged", Body }));
    const part = await bytesOf("ranged", { Range: "bytes=100000-200000" });
    expect(part.equals(Body.subarray(100_000, 200_001))).toBe(true);
    expect((await bytesOf("ranged", { Range: "bytes=-5" })).equals(Body.subarray(-5))).toBe(true);
    const { ContentRange } = await s3.send(
      new GetObjectCommand({ Bucket, Key: "ranged", Range: "bytes=0-0" }),
    );
    expect(ContentRange).toBe("bytes 0-0/300000");
    expect(await nameOf(bytesOf("ranged", { Range: "bytes=300000-" }))).toBe("InvalidRange");
  });

  test("answer to conditions", async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "cond", Body: "1" }));
    const get = (more: object) => {
      const answer = s3.send(new GetObjectCommand({ Bucket, Key: "cond", ...more }));
      return answer.catch((error) => error).then(({ $metadata }) => $metadata.httpStatusCode);
    };
    expect(await get({ IfMatch: ETag })).toBe(200);
    expect(await get({ IfMatch: '"no"' })).toBe(412);
    expect(await get({ IfNoneMatch: ETag })).toBe(304);
    expect(await get({ IfModifiedSince: new Date(Date.now() + 1000) })).toBe(304);
    const put = (more: object) =>
      nameOf(s3.send(new PutObjectCommand({ Bucket, Key: "cond", Body: "2", ...more })));
    expect(await put({ IfNoneMatch: "*" })).toBe("PreconditionFailed");
    expect(await put({ IfMatch: '"no"' })).toBe("PreconditionFailed");
    expect(await put({ IfMatch: ETag })).toBe("nothing");
    expect((await bytesOf("cond")).toString()).toBe("2");
  });

  test("are another owner's only where they are shared with him, and then to be read", async () => {
    for (const Key of ["shared", "secret"]) {
      await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    }
    const get = (Key: string) => nameOf(bob.send(new GetObjectCommand({ Bucket, Key })));
    expect(await get("shared")).toBe("nothing");
    expect(await get("secret")).toBe("AccessDenied");
    expect(await get("missing")).toBe("AccessDenied");
    const shared = { Bucket, Key: "shared" };
    expect(await nameOf(bob.send(new DeleteObjectCommand(shared)))).toBe("AccessDenied");
    expect(await nameOf(bob.send(new PutObjectCommand({ ...shared, Body: "x" })))).toBe(
      "AccessDenied",
    );
    const copy = { Bucket: "bob-1", Key: "k", CopySource: `${Bucket}/shared` };
    expect(await nameOf(bob.send(new CopyObjectCommand(copy)))).toBe("nothing");
    const stolen = { ...copy, CopySource: `${Bucket}/secret` };
    expect(await nameOf(bob.send(new CopyObjectCommand(stolen)))).toBe("AccessDenied");
  });

  test("are copied with their metadata or with other, and survive their source", async () => {
    const source = { Bucket, Key: "from ü/1" };
    await s3.send(new PutObjectCommand({ ...source, Body: "copied", Metadata: { a: "1" } }));
    const CopySource = `${Bucket}/${encodeURIComponent(source.Key)}`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "to", CopySource }));
    const replaced = { MetadataDirective: "REPLACE", Metadata: { b: "2" } } as const;
    await s3.send(new CopyObjectCommand({ Bucket, Key: "to2", CopySource, ...replaced }));
    expect(await nameOf(s3.send(new CopyObjectCommand({ ...source, CopySource })))).toBe(
      "InvalidRequest",
    );
    await s3.send(new DeleteObjectCommand(source));
    expect((await bytesOf("to")).toString()).toBe("copied");
    const head = async (Key: string) =>
      (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata;
    expect([await head("to"), await head("to2")]).toEqual([{ a: "1" }, { b: "2" }]);
    expect(await nameOf(s3.send(new CopyObjectCommand({ Bucket, Key: "x", CopySource })))).toBe(
      "NoSuchKey",
    );
  });

  test("are deleted one by one or many at once, missing ones too", async () => {
    const keys = ["d/1", "d/2 & <3>", "d/ü"];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "d/1" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "d/1" }));
    const Objects = keys.map((Key) => ({ Key }));
    const { Deleted = [], Errors } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
    );
    expect(Deleted.map(({ Key }) => Key)).toEqual(keys);
    expect(Errors).toBeUndefined();
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "d/" }));
    expect(KeyCount).toBe(0);
  });
});

describe("listings", () => {
  const keys = ["l/a", "l/b/1", "l/b/2", "l/c +&", "l/d/1", "l/é"];
  beforeAll(async () => {
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: EMPTY }));
  });

  test("come in pages, with folders", async () => {
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix: "l/",
          Delimiter: "/",
          MaxKeys: 2,
          ContinuationToken,
        }),
      );
      found.push(...(page.CommonPrefixes ?? []).map((one) => one.Prefix));
      found.push(...(page.Contents ?? []).map((one) => one.Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found.toSorted()).toEqual(["l/a", "l/b/", "l/c +&", "l/d/", "l/é"]);
  });

  test("of the first version go on behind a marker", async () => {
    const page = { Bucket, Prefix: "l/", Delimiter: "/", MaxKeys: 2 };
    const first = await s3.send(new ListObjectsCommand(page));
    expect(first.NextMarker).toBe("l/b/");
    const { NextMarker: Marker } = first;
    const second = await s3.send(new ListObjectsCommand({ ...page, Marker }));
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(["l/c +&"]);
    expect(second.CommonPrefixes?.map((one) => one.Prefix)).toEqual(["l/d/"]);
  });

  test("begin behind a key, and can be encoded", async () => {
    const { Contents } = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: "l/", StartAfter: "l/c", EncodingType: "url" }),
    );
    expect(Contents?.map(({ Key }) => Key)).toEqual(["l/c%20%2B%26", "l/d/1", "l/%C3%A9"]);
    const wrong = new ListObjectsV2Command({ Bucket, ContinuationToken: "%%%" });
    expect(await nameOf(s3.send(wrong))).toBe("InvalidArgument");
  });
});

describe("multipart uploads", () => {
  const Key = "big";

  test("by the library's own uploader give the bytes, the ETag and the checksum of S3", async () => {
    const bytes = randomBytes(12 * MIB + 7);
    const upload = new Upload({
      client: s3,
      params: { Bucket, Key, Body: Readable.from(cut(bytes)), Metadata: { m: "1" } },
      partSize: 5 * MIB,
    });
    const { ETag } = await upload.done();
    const parts = [0, 5, 10].map((at) => bytes.subarray(at * MIB, (at + 5) * MIB));
    const md5s = parts.map((part) => createHash("md5").update(part).digest());
    const expected = createHash("md5").update(Buffer.concat(md5s)).digest("hex");
    expect(ETag).toBe(`"${expected}-3"`);
    expect((await bytesOf(Key)).equals(bytes)).toBe(true);
    const across = await bytesOf(Key, { Range: `bytes=${5 * MIB - 10}-${5 * MIB + 9}` });
    expect(across.equals(bytes.subarray(5 * MIB - 10, 5 * MIB + 10))).toBe(true);
    const two = await bytesOf(Key, { PartNumber: 2 });
    expect(two.equals(parts[1] ?? Buffer.alloc(0))).toBe(true);
  });

  test("check numbers, order, ETags and sizes, and answer a second completion like the first", async () => {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const put = async (PartNumber: number, Body: Buffer | string) => {
      const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body });
      return { PartNumber, ETag: (await s3.send(part)).ETag };
    };
    const complete = (Parts: object[]) =>
      s3.send(
        new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
      );
    expect(await nameOf(put(0, "x"))).toBe("InvalidArgument");
    expect(await nameOf(put(10_001, "x"))).toBe("InvalidArgument");
    const small = await put(1, "small");
    const end = await put(7, "end");
    expect(await nameOf(complete([end, small]))).toBe("InvalidPartOrder");
    expect(await nameOf(complete([small, end]))).toBe("EntityTooSmall");
    expect(await nameOf(complete([{ ...small, ETag: '"0"' }]))).toBe("InvalidPart");
    expect(await nameOf(complete([{ ...small, PartNumber: 2 }]))).toBe("InvalidPart");
    expect(await nameOf(complete([]))).toBe("MalformedXML");
    const first = await put(1, randomBytes(5 * MIB));
    const done = await complete([first, end]);
    expect((await complete([first, end])).ETag).toBe(done.ETag);
    expect((await bytesOf(Key)).length).toBe(5 * MIB + 3);
    expect(await nameOf(put(2, "late"))).toBe("NoSuchUpload");
  });

  test("are listed, and aborted", async () => {
    const { UploadId } = await s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key: "aborted" }),
    );
    const upload = { Bucket, Key: "aborted", UploadId };
    await s3.send(new UploadPartCommand({ ...upload, PartNumber: 3, Body: "abc" }));
    const listed = await s3.send(new ListPartsCommand(upload));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([[3, 3]]);
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads?.map((one) => one.UploadId)).toContain(UploadId);
    const foreign = { ...upload, Key: "other" };
    expect(await nameOf(s3.send(new AbortMultipartUploadCommand(foreign)))).toBe("NoSuchUpload");
    expect(await nameOf(bob.send(new AbortMultipartUploadCommand(upload)))).toBe("AccessDenied");
    await s3.send(new AbortMultipartUploadCommand(upload));
    expect(await nameOf(s3.send(new ListPartsCommand(upload)))).toBe("NoSuchUpload");
  });

  test("take parts from other objects", async () => {
    const bytes = randomBytes(6 * MIB);
    await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: bytes }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    const part = { Bucket, Key, UploadId, CopySource: `${Bucket}/source` };
    const one = await s3.send(new UploadPartCopyCommand({ ...part, PartNumber: 1 }));
    const two = await s3.send(
      new UploadPartCopyCommand({ ...part, PartNumber: 2, CopySourceRange: "bytes=10-19" }),
    );
    const Parts = [one, two].map(({ CopyPartResult }, at) => ({
      PartNumber: at + 1,
      ETag: CopyPartResult?.ETag,
    }));
    await s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
    const expected = Buffer.concat([bytes, bytes.subarray(10, 20)]);
    expect((await bytesOf(Key)).equals(expected)).toBe(true);
  });
});

describe("presigned URLs", () => {
  test("put and get without a key, until they expire", async () => {
    const put = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "presigned ü" }));
    expect((await fetch(put, { method: "PUT", body: "by url" })).status).toBe(200);
    const command = new GetObjectCommand({
      Bucket,
      Key: "presigned ü",
      ResponseContentType: "text/x-test",
    });
    const get = await getSignedUrl(s3, command, { expiresIn: 60 });
    const answer = await fetch(get);
    expect([await answer.text(), answer.headers.get("content-type")]).toEqual([
      "by url",
      "text/x-test",
    ]);
    expect((await fetch(get.replace("presigned", "unsigned"))).status).toBe(403);
    const old = await getSignedUrl(s3, command, {
      expiresIn: 60,
      signingDate: new Date(Date.now() - 61_000),
    });
    const refused = await fetch(old);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("<Code>AccessDenied</Code>");
  });
});

test("a bucket may stand in the host name, below a name of the gateway", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "by/host", Body: "hosted" }));
  const get = (host: string, url: string) =>
    sendRaw(
      served.port,
      signedRequest({ method: "GET", url, headers: { host }, body: new Uint8Array() }),
    );
  expect(await get(`${Bucket}.s3.test`, "/by/host")).toContain("hosted");
  expect(await get(`${Bucket}.s3.test:9000`, "/by/host")).toContain("hosted");
  expect(await get("s3.test", `/${Bucket}/by/host`)).toContain("hosted");
  expect(await get(`${Bucket}.elsewhere.test`, "/by/host")).toContain("InvalidBucketName");
});

test("a body that is not the one that was signed is refused, and nothing of it stays", async () => {
  const blobs = served.vault.blobs.size;
  const send = async (more: object) => {
    const body = Buffer.from("what was sent");
    const headers = { "content-length": String(body.length) };
    const request = { method: "PUT", url: `/${Bucket}/signed`, headers, body, ...more };
    return /<Code>(\w+)</.exec(await sendRaw(served.port, signedRequest(request)))?.[1];
  };
  expect(await send({ contentSha256: "0".repeat(64) })).toBe("XAmzContentSHA256Mismatch");
  expect(await send({ headers: {}, body: EMPTY })).toBe("MissingContentLength");
  expect(await send({ headers: { "content-length": "14" } })).toBe(undefined);
  const long = { "content-length": "13", "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" };
  expect(await send({ headers: long })).toBe("BadDigest");
  expect(await send({ headers: { "content-length": "99999999999" } })).toBe("EntityTooLarge");
  const crc = { "content-length": "13", "x-amz-checksum-crc32": "AAAAAA==" };
  expect(await send({ headers: crc })).toBe("BadDigest");
  expect(served.vault.blobs.size).toBe(blobs);
  expect(await served.index.object(Bucket, "signed")).toBeNull();
});

test("what is not offered is refused by name", async () => {
  const policy = new PutBucketPolicyCommand({ Bucket, Policy: "{}" });
  expect(await nameOf(s3.send(policy))).toBe("NotImplemented");
  const put = (more: object) =>
    nameOf(s3.send(new PutObjectCommand({ Bucket, Key: "x", Body: EMPTY, ...more })));
  expect(await put({ ACL: "public-read" })).toBe("AccessControlListNotSupported");
  expect(await put({ ServerSideEncryption: "AES256" })).toBe("NotImplemented");
  expect(await put({ StorageClass: "GLACIER" })).toBe("InvalidStorageClass");
  expect(await put({ Tagging: "a=b" })).toBe("NotImplemented");
  expect(await put({ Metadata: { big: "x".repeat(3000) } })).toBe("MetadataTooLarge");
  expect(await put({ Key: "k".repeat(1025) })).toBe("KeyTooLongError");
  expect(await put({ Body: "x", ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" })).toBe("BadDigest");
});

test("a wrong secret, a wrong clock and an unknown key are told apart", async () => {
  const wrong = served.client("alice", {
    credentials: { accessKeyId: "AKALICE", secretAccessKey: "no" },
  });
  expect(await nameOf(wrong.send(new ListBucketsCommand({})))).toBe("SignatureDoesNotMatch");
  const unknown = served.client("alice", {
    credentials: { accessKeyId: "AKNOBODY", secretAccessKey: "no" },
  });
  expect(await nameOf(unknown.send(new ListBucketsCommand({})))).toBe("InvalidAccessKeyId");
  const late = served.client("alice", { systemClockOffset: -3_600_000 });
  expect(await nameOf(late.send(new ListBucketsCommand({})))).toBe("RequestTimeTooSkewed");
});

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 100_001) yield bytes.subarray(at, at + 100_001);
}
