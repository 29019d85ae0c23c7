import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChunkedOptions, decodeChunked } from "../src/body/aws-chunked.ts";
import { signingKey } from "../src/sigv4/sign.ts";
import type { Verified } from "../src/sigv4/verify.ts";
import { codeOf, inPieces } from "./requests.ts";
import vectors from "./vectors/sigv4.json" with { type: "json" };

const { chunked, timestamp } = vectors;
const SCOPE = { date: "20130524", region: "us-east-1", service: "s3" };

const signer = (seed: string): Verified => ({
  claim: {
    accessKeyId: "",
    scope: SCOPE,
    signedHeaders: [],
    signature: seed,
    timestamp,
    expiresSec: null,
  },
  owner: "",
  key: signingKey(vectors.secret, SCOPE),
  contentSha256: "",
});

/** The published body: the letter a, in signed chunks. */
function published(signatures: readonly string[], tail = "\r\n"): Buffer {
  const chunks = chunked.lengths.map((length, at) => {
    const data = length === 0 ? "" : `${"a".repeat(length)}\r\n`;
    return `${length.toString(16)};chunk-signature=${signatures[at]}\r\n${data}`;
  });
  return Buffer.from(chunks.join("") + tail);
}

async function decode(bytes: Uint8Array, options: ChunkedOptions, piece = 1000) {
  const body = decodeChunked(inPieces(bytes, piece), options);
  const found: Uint8Array[] = [];
  for (;;) {
    const next = await body.next();
    if (next.done) return { bytes: Buffer.concat(found), trailer: next.value };
    found.push(Uint8Array.from(next.value));
  }
}

describe("a body in signed chunks", () => {
  const { seed, signatures } = chunked.plain;
  const options = { size: chunked.size, signer: signer(seed), trailers: [] };

  test("is read as published, however it arrives", async () => {
    for (const piece of [1, 7, 65_536, 100_000]) {
      const { bytes } = await decode(published(signatures), options, piece);
      expect(bytes.equals(Buffer.alloc(chunked.size, "a"))).toBe(true);
    }
  });

  test("is refused when a byte, a signature or the order differs", async () => {
    const altered = published(signatures);
    altered[200] = 0x62;
    expect(await codeOf(decode(altered, options))).toBe("SignatureDoesNotMatch");
    const [one = "", two = "", end = ""] = signatures;
    const swapped = published([two, one, end]);
    expect(await codeOf(decode(swapped, options))).toBe("SignatureDoesNotMatch");
    const unsigned = Buffer.from(
      published(signatures)
        .toString()
        .replaceAll(/;chunk-sig[^\r]*/g, ""),
    );
    expect(await codeOf(decode(unsigned, options))).toBe("InvalidRequest");
  });

  test("is refused when it is shorter or longer than announced", async () => {
    const body = published(signatures);
    expect(await codeOf(decode(body, { ...options, size: 66_561 }))).toBe("IncompleteBody");
    expect(await codeOf(decode(body, { ...options, size: 66_559 }))).toBe("InvalidRequest");
    expect(await codeOf(decode(body.subarray(0, 60_000), options))).toBe("IncompleteBody");
  });
});

describe("trailing fields", () => {
  const { seed, signatures, field, signature } = chunked.trailer;
  const [name = "", value = ""] = field;
  const options = { size: chunked.size, signer: signer(seed), trailers: [name] };
  const tail = (more = `${name}:${value}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`) =>
    published(signatures, more);

  test("are read and signed as published", async () => {
    const { trailer } = await decode(tail(), options, 33);
    expect([...trailer]).toEqual([[name, value]]);
  });

  test("are refused without their signature, with another, or when nobody announced them", async () => {
    const refused = async (more: string) => codeOf(decode(tail(more), options));
    expect(await refused(`${name}:${value}\r\n\r\n`)).toBe("SignatureDoesNotMatch");
    expect(await refused(`${name}:AAAA\r\nx-amz-trailer-signature:${signature}\r\n`)).toBe(
      "SignatureDoesNotMatch",
    );
    expect(await refused("x-amz-meta-evil:1\r\n\r\n")).toBe("InvalidRequest");
    expect(await refused(`${"y".repeat(600)}\r\n`)).toBe("InvalidRequest");
  });
});

test("any body in any chunks comes back, and junk never does anything but refuse", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      async (chunks, piece) => {
        const frames = [...chunks, new Uint8Array()].map((bytes) =>
          Buffer.concat([
            Buffer.from(`${bytes.length.toString(16)}\r\n`),
            bytes,
            Buffer.from(bytes.length > 0 ? "\r\n" : ""),
          ]),
        );
        const whole = Buffer.concat(chunks);
        const options = { size: whole.length, signer: null, trailers: [] };
        const { bytes } = await decode(Buffer.concat(frames), options, piece);
        expect(bytes.equals(whole)).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (junk) => {
      const code = await codeOf(decode(junk, { size: 5, signer: null, trailers: [] }));
      expect(["InvalidRequest", "IncompleteBody"]).toContain(code);
    }),
    { numRuns: 100 },
  );
});
