import { fromCanonical, toCanonical } from "@neurond/crypto";
import { fromHex, toHex } from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { expect, test } from "vitest";
import vector from "./vectors/canonical-secret.json" with { type: "json" };

const withScalar = (...littleEndian: number[]) => {
  const secret = new Uint8Array(64);
  secret.set(littleEndian);
  return secret;
};

test("the keyfile's and polkadot-js's spelling of //Alice become each other", () => {
  expect(toHex(fromCanonical(fromHex(vector.canonical)))).toBe(vector.expanded);
  expect(toHex(toCanonical(fromHex(vector.expanded)))).toBe(vector.canonical);
});

test("every canonical secret survives the way to the other spelling and back", () => {
  const anySecret = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => {
    bytes[31] = (bytes[31] ?? 0) & 0x0f;
    bytes[0] = (bytes[0] ?? 0) | 1;
    return bytes;
  });
  fc.assert(
    fc.property(anySecret, (secret) => {
      expect(toCanonical(fromCanonical(secret))).toEqual(secret);
    }),
  );
});

test("a scalar of zero, or not below the group order, is refused", () => {
  const order = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  for (const scalar of [[0], [...order], Array(32).fill(255)]) {
    expect(codeOf(() => fromCanonical(withScalar(...scalar)))).toBe("SECRET_INVALID");
  }
  expect(fromCanonical(withScalar(1))[0]).toBe(8);
});

test("64 bytes are needed, no fewer and no more", () => {
  for (const length of [0, 32, 63, 65]) {
    expect(codeOf(() => toCanonical(new Uint8Array(length)))).toBe("SECRET_INVALID");
    expect(codeOf(() => fromCanonical(new Uint8Array(length).fill(1)))).toBe("SECRET_INVALID");
  }
});

test("a Node buffer, whose slice is a view, stays as it was", () => {
  const [canonical, expanded] = [vector.canonical, vector.expanded].map((text) =>
    Buffer.from(fromHex(text)),
  );
  if (!canonical || !expanded) expect.unreachable();
  expect(toHex(fromCanonical(canonical))).toBe(vector.expanded);
  expect(toHex(toCanonical(expanded))).toBe(vector.canonical);
  expect([toHex(canonical), toHex(expanded)]).toEqual([vector.canonical, vector.expanded]);
});
