import { decodeWeightsPayload, encodeWeightsPayload, keypairFromUri } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/timelock.json" with { type: "json" };

const { publicKey } = keypairFromUri("//Alice");
const u16s = fc.array(fc.nat(65_535), { maxLength: 300 });

describe("a weights payload", () => {
  const { uids, values, plaintext } = vectors.weights;

  test("of //Alice is written byte for byte as the chain's own client writes it", () => {
    const payload = { publicKey, uids, values, versionKey: 0n };
    expect(toHex(encodeWeightsPayload(payload))).toBe(plaintext);
    expect(decodeWeightsPayload(fromHex(plaintext))).toEqual(payload);
  });

  test("is read as it was written", () => {
    const anyPayload = fc.record({
      publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      uids: u16s,
      values: u16s,
      versionKey: fc.bigInt(0n, 2n ** 64n - 1n),
    });
    fc.assert(
      fc.property(anyPayload, (payload) => {
        expect(decodeWeightsPayload(encodeWeightsPayload(payload))).toEqual(payload);
      }),
    );
  });

  test("with more neurons than a two-byte length holds is read as it was written", () => {
    const many = Array.from({ length: 20_000 }, (_, index) => index);
    const payload = { publicKey, uids: many, values: many, versionKey: 1n };
    expect(decodeWeightsPayload(encodeWeightsPayload(payload))).toEqual(payload);
  });

  test("of an older client has no hotkey", () => {
    // uids [1, 2], values [3, 4], version 9.
    const legacy = fromHex("0x0801000200080300040009000000000000 00".replace(" ", ""));
    expect(decodeWeightsPayload(legacy)).toEqual({ uids: [1, 2], values: [3, 4], versionKey: 9n });
  });

  test.each(["0x", "0x00", "0x0c0000", "0x03", "0xfeffffff", `0x01${"00".repeat(40)}`])(
    "is not %s",
    (bytes) => {
      expect(codeOf(() => decodeWeightsPayload(fromHex(bytes)))).toBe("PAYLOAD_MALFORMED");
    },
  );

  test("is read or refused with a code, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect([undefined, "PAYLOAD_MALFORMED"]).toContain(
          codeOf(() => decodeWeightsPayload(bytes)),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
