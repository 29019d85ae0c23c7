import { isCoded } from "@neurond/primitives";
import fc from "fast-check";
import { expect, test } from "vitest";
import { cidOf, hashData, openFiletao, sealFiletao } from "../../src/file/index.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    return isCoded(error) ? error.code : error;
  }
  return undefined;
};
const KEY = new Uint8Array(32).fill(3);
const random = {
  aesKey: new Uint8Array(32),
  nonce: new Uint8Array(16),
  boxNonce: new Uint8Array(24),
};

test("content is encrypted as the field's clients do", () => {
  const { ciphertext, payload } = sealFiletao(Buffer.from("filetao"), KEY, random);
  expect(hex(ciphertext)).toBe("b93aac68447651");
  expect(JSON.parse(payload).nonce).toBe("00".repeat(24));
  expect(payload).toMatch(/^\{"nonce": "0{48}", "ciphertext": "[0-9a-f]+"\}$/);
  expect(Buffer.from(openFiletao({ ciphertext, payload }, KEY)).toString()).toBe("filetao");
});

test("files go through bit for bit, and nothing opens that was altered", () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const parts = fc.record({ aesKey: bytes(32), nonce: bytes(16), boxNonce: bytes(24) });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), parts, (plain, drawn) => {
      const file = sealFiletao(plain, KEY, drawn);
      expect(openFiletao(file, KEY)).toEqual(plain);
      const flipped = file.ciphertext.with(0, (file.ciphertext[0] ?? 0) ^ 1);
      expect(codeOf(() => openFiletao({ ...file, ciphertext: flipped }, KEY))).toBe(
        "CIPHERTEXT_INVALID",
      );
      expect(codeOf(() => openFiletao(file, new Uint8Array(32)))).toBe("KEY_INVALID");
    }),
  );
  const file = sealFiletao(Buffer.from("x"), KEY, random);
  for (const payload of ["{", '{"nonce": "00"}', file.payload.replace(/.."\}$/, '"}')]) {
    expect(codeOf(() => openFiletao({ ...file, payload }, KEY))).toBe("KEY_INVALID");
  }
  expect(codeOf(() => sealFiletao(new Uint8Array(), KEY, { ...random, nonce: KEY }))).toBe(
    "KEY_INVALID",
  );
});

test("a file that was not encrypted comes back as it is", () => {
  const ciphertext = Uint8Array.of(1, 2, 3);
  expect(openFiletao({ ciphertext, payload: "{}" }, KEY)).toEqual(ciphertext);
});

test("ids are the field's", () => {
  expect(hashData("filetao")).toBe(
    "10452482978985143649811726337599923632298439716093053722476338088517550481551",
  );
  expect(cidOf(Buffer.from("filetao"))).toBe(
    "bafkreie4ugpt5ybmdb3umazcgntrg22f7thmnfqyxwrhyj3joykvbkgmia",
  );
});
