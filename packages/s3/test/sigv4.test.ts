import { describe, expect, test } from "vitest";
import { type Credentials, verifyHead } from "../src/sigv4/verify.ts";
import { codeOf, headOf } from "./requests.ts";
import vectors from "./vectors/sigv4.json" with { type: "json" };

const { accessKeyId, secret, scope } = vectors;
const NOW = Date.parse("2013-05-24T00:00:00Z");
const credentials: Credentials = {
  find: async (id) => (id === accessKeyId ? { secret, owner: "alice" } : null),
};

function signed(
  { method, url, headers, signedHeaders, signature }: (typeof vectors.requests)[number],
  change: Readonly<Record<string, string>> = {},
) {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope},SignedHeaders=${signedHeaders},Signature=${signature}`;
  const all = { ...(headers as Record<string, string>), authorization, ...change };
  return headOf(method, url, all);
}

describe("signatures of version 4", () => {
  for (const request of vectors.requests) {
    test(`${request.name}, as published`, async () => {
      const verified = await verifyHead(signed(request), credentials, NOW);
      expect(verified.owner).toBe("alice");
    });
    test(`${request.name}: any other method, header, path or digit is refused`, async () => {
      const refused = (head: Parameters<typeof verifyHead>[0]) =>
        codeOf(verifyHead(head, credentials, NOW));
      const other = { ...request, method: "DELETE" };
      expect(await refused(signed(other))).toBe("SignatureDoesNotMatch");
      expect(await refused(signed({ ...request, url: `${request.url}x` }))).toBe(
        "SignatureDoesNotMatch",
      );
      expect(await refused(signed(request, { host: "other.s3.amazonaws.com" }))).toBe(
        "SignatureDoesNotMatch",
      );
      const signature = request.signature.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
      expect(await refused(signed({ ...request, signature }))).toBe("SignatureDoesNotMatch");
    });
  }

  const [first] = vectors.requests;
  if (first === undefined) throw new Error("no vectors");

  test("are good for a quarter of an hour, whichever clock is wrong", async () => {
    const at = (ms: number) => codeOf(verifyHead(signed(first), credentials, NOW + ms));
    expect(await at(15 * 60_000)).toBe("nothing");
    expect(await at(-15 * 60_000)).toBe("nothing");
    expect(await at(15 * 60_000 + 1)).toBe("RequestTimeTooSkewed");
    expect(await at(-15 * 60_000 - 1)).toBe("RequestTimeTooSkewed");
  });

  test("cover every x-amz header that is sent", async () => {
    const head = signed(first, { "x-amz-copy-source": "/a/b" });
    expect(await codeOf(verifyHead(head, credentials, NOW))).toBe("AccessDenied");
  });

  test("of an unknown key, another mechanism or none are refused by name", async () => {
    const refused = (authorization: string) =>
      codeOf(verifyHead(signed(first, { authorization }), credentials, NOW));
    const good = signed(first).header("authorization") ?? "";
    expect(await refused(good.replace("EXAMPLE", "EXAMPLF"))).toBe("InvalidAccessKeyId");
    expect(await refused("AWS AKIA:abcd")).toBe("InvalidRequest");
    expect(await refused("AWS4-HMAC-SHA256 x")).toBe("AuthorizationHeaderMalformed");
    expect(await refused(good.replace("/s3/", "/iam/"))).toBe("AuthorizationHeaderMalformed");
    expect(await refused(good.replace("=host;", "=hos;"))).toBe("AuthorizationHeaderMalformed");
    const old = headOf("GET", "/k?AWSAccessKeyId=AK&Signature=x&Expires=1", { host: "h" });
    expect(await codeOf(verifyHead(old, credentials, NOW))).toBe("InvalidRequest");
    const unsigned = headOf("GET", "/test.txt", { host: "examplebucket.s3.amazonaws.com" });
    expect(await codeOf(verifyHead(unsigned, credentials, NOW))).toBe("AccessDenied");
  });
});

describe("a presigned URL", () => {
  const { url, host } = vectors.presigned;
  const verify = (at: number, asked = url, headers = {}) =>
    codeOf(verifyHead(headOf("GET", asked, { host, ...headers }), credentials, NOW + at));

  test("is good as published, until it expires", async () => {
    expect(await verify(0)).toBe("nothing");
    expect(await verify(86_400_000)).toBe("nothing");
    expect(await verify(86_400_001)).toBe("AccessDenied");
    expect(await verify(-16 * 60_000)).toBe("AccessDenied");
  });

  test("cannot be prolonged, or given other headers", async () => {
    expect(await verify(0, url.replace("=86400", "=86401"))).toBe("SignatureDoesNotMatch");
    expect(await verify(0, url.replace("=86400", "=604801"))).toBe(
      "AuthorizationQueryParametersError",
    );
    expect(await verify(0, url, { "x-amz-copy-source": "a/b" })).toBe("AccessDenied");
    expect(await verify(0, url, { authorization: "AWS4-HMAC-SHA256 x" })).toBe("InvalidArgument");
  });
});
