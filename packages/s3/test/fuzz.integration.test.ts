import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendRaw, signedRequest } from "./raw-request.ts";
import { type Served, serveGateway } from "./serve.ts";

let served: Served;
beforeAll(async () => {
  served = await serveGateway({ maxInFlight: 1000 });
  await served.index.createBucket({ name: "bkt", owner: "alice", createdMs: 0 }, 9);
  const kept = { owner: "alice", size: 0, etag: "", modifiedMs: 0, headers: {}, checksum: null };
  await served.index.putObject("bkt", "kept", { ...kept, parts: [] });
});
afterAll(() => served[Symbol.asyncDispose]());

/** No fault of ours, whatever came; 501 is an answer. */
function expectWell(answer: string): void {
  const [, status = "closed"] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
  expect(answer).not.toContain("InternalError");
  expect(["500", "502", "503", "504"]).not.toContain(status);
  expect(served.endings.filter(({ fault }) => fault !== null)).toEqual([]);
}

const word = fc.constantFrom(
  ..."/bkt /bkt/key / /BKT/.. /bkt/%ff /bkt/%2e%2e%2f /bkt/k?uploadId=x&partNumber=1 /bkt?uploads /bkt/k?uploads".split(
    " ",
  ),
  "/bkt?list-type=2&max-keys=-1",
  "/bkt?list-type=2&max-keys=99999999999",
  "/bkt?list-type=2&continuation-token=%00",
  "/bkt?delete",
  "/bkt/k?uploadId=",
  "/bkt/k?partNumber=0&uploadId=a",
  "/bkt?versions&acl",
  "/bkt/k?response-content-type=%0d%0aset-cookie:x",
  "/bkt/k?partNumber=99999",
  `/bkt/${"k".repeat(1100)}`,
  `/bkt?${"a=b&".repeat(200)}`,
  "//bkt//k",
  "/bkt/k%00",
  "/bkt?prefix=%F0%9F%97%9D&delimiter=%00&encoding-type=url",
);
const method = fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS");
const header = fc.constantFrom<readonly [string, string]>(
  ["range", "bytes=9-1"],
  ["range", "bytes=-99999999999999999999"],
  ["content-md5", "x"],
  ["x-amz-checksum-crc32", "AAAA"],
  ["x-amz-checksum-sha256", "=="],
  ["x-amz-decoded-content-length", "-1"],
  ["x-amz-decoded-content-length", "12"],
  ["x-amz-copy-source", "%%%"],
  ["x-amz-copy-source", "/bkt/../../etc/passwd"],
  ["x-amz-copy-source", "bkt/missing?versionId=null"],
  ["x-amz-copy-source-range", "bytes=1-"],
  ["x-amz-meta-\u00e9", "1"],
  ["x-amz-meta-a", "\u00ff\u0080"],
  ["x-amz-trailer", "x-amz-checksum-crc32c"],
  ["x-amz-trailer", ",,,"],
  ["x-amz-sdk-checksum-algorithm", "NONE"],
  ["x-amz-checksum-algorithm", "MD6"],
  ["x-amz-checksum-type", "FULL_OBJECT"],
  ["x-amz-metadata-directive", "MAYBE"],
  ["if-match", "*"],
  ["if-none-match", '"x"'],
  ["if-modified-since", "never"],
  ["expect", "100-continue"],
  ["content-encoding", "aws-chunked"],
  ["x-amz-security-token", "t"],
);
const sha256 = fc.constantFrom(
  undefined,
  "UNSIGNED-PAYLOAD",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
  "0".repeat(64),
  "x",
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc
    .constantFrom(
      "<Delete><Object><Key>a</Key></Object></Delete>",
      "<Delete>".repeat(9),
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
      "<CreateBucketConfiguration/>",
      "5\r\nhello\r\n0\r\n\r\n",
      "c\r\nhello\r\n",
      "fffffffffffff\r\n",
      "0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n",
    )
    .map((text) => Buffer.from(text)),
);

test("signed requests that mean nothing are refused, and never with a fault", async () => {
  await fc.assert(
    fc.asyncProperty(
      method,
      word,
      fc.array(header, { maxLength: 4 }),
      sha256,
      body,
      async (verb, url, headers, contentSha256, sent) => {
        // Others are refused for a body at once, and would try nothing else.
        const bytes = verb === "PUT" || verb === "POST" ? sent : new Uint8Array();
        const length = { "content-length": String(bytes.length) };
        const request = {
          method: verb,
          url,
          headers: { ...length, ...Object.fromEntries(headers) },
          body: bytes,
          ...(contentSha256 !== undefined && { contentSha256 }),
        };
        let raw: Buffer;
        try {
          raw = signedRequest(request);
        } catch {
          // A target that cannot be decoded cannot be signed either; it is sent all the same.
          raw = Buffer.from(`${verb} ${url} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
        }
        expectWell(await sendRaw(served.port, raw));
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

test("noise, halves of requests and endless heads end with the connection", async () => {
  const whole = signedRequest({ method: "PUT", url: "/bkt/k", headers: {}, body: Buffer.alloc(0) });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        fc.nat(whole.length).map((length) => whole.subarray(0, length)),
        fc
          .tuple(fc.nat(whole.length - 1), fc.nat(255))
          .map(([at, byte]) => Buffer.from(whole.map((one, i) => (i === at ? byte : one)))),
      ),
      async (bytes) => expectWell(await sendRaw(served.port, bytes)),
    ),
    { numRuns: 150 },
  );
  const long = `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${"y".repeat(40_000)}\r\n\r\n`;
  expect(await sendRaw(served.port, long)).toContain("431");
}, 60_000);

test("too many at once, and addresses that ask too often, are told to slow down", async () => {
  await using busy = await serveGateway({ maxInFlight: 0 });
  const answer = await fetch(busy.endpoint);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
  await using limited = await serveGateway({ admit: () => 7 });
  const refused = await fetch(limited.endpoint);
  expect(refused.headers.get("retry-after")).toBe("7");
  expect(await refused.text()).toContain("<Code>SlowDown</Code>");
});
