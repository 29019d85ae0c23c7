import {
  coldkeyOf,
  decodeSs58,
  encodeSs58,
  fromHex,
  hotkeyOf,
  parseColdkey,
  parseHotkey,
  publicKeyOf,
  readHotkey,
  toHex,
  ZERO_ACCOUNT,
} from "@neurond/primitives";
import { codeOf } from "@neurond/testing/coded";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/ss58.json" with { type: "json" };

const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });
const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

describe("ss58", () => {
  test.each(vectors)("$text is the text of $publicKey", ({ publicKey, prefix, text }) => {
    expect(encodeSs58(fromHex(publicKey), prefix)).toBe(text);
    expect(toHex(decodeSs58(text, prefix))).toBe(publicKey);
  });

  test("every key survives the way to text and back, under every prefix", () => {
    fc.assert(
      fc.property(anyKey, fc.nat(16_383), (key, prefix) => {
        expect(decodeSs58(encodeSs58(key, prefix), prefix)).toEqual(key);
      }),
    );
  });

  test("one changed character is always noticed", () => {
    const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    fc.assert(
      fc.property(fc.nat(47), fc.constantFrom(...letters), (index, letter) => {
        fc.pre(ALICE[index] !== letter);
        const wrong = ALICE.slice(0, index) + letter + ALICE.slice(index + 1);
        expect(codeOf(() => decodeSs58(wrong))).toBe("SS58_INVALID");
      }),
    );
  });

  test("text of another network is refused", () => {
    const polkadot = encodeSs58(decodeSs58(ALICE), 0);
    expect(codeOf(() => decodeSs58(polkadot))).toBe("SS58_INVALID");
    const twoBytes = encodeSs58(decodeSs58(ALICE), 1000);
    expect(codeOf(() => decodeSs58(twoBytes))).toBe("SS58_INVALID");
  });

  test.each(["", "5", "0OIl", ` ${ALICE}`, `${ALICE} `, ALICE.slice(1), "1".repeat(100_000)])(
    "text that is no ss58 is refused",
    (text) => {
      expect(codeOf(() => decodeSs58(text))).toBe("SS58_INVALID");
    },
  );

  test("a key of another length and a prefix out of range are refused", () => {
    expect(codeOf(() => encodeSs58(new Uint8Array(33)))).toBe("SS58_INVALID");
    expect(codeOf(() => encodeSs58(new Uint8Array(32), 16_384))).toBe("SS58_INVALID");
    expect(codeOf(() => encodeSs58(new Uint8Array(32), -1))).toBe("SS58_INVALID");
  });

  test("a mnemonic pasted as an address does not travel in the message", () => {
    const phrase = "old leopard transfer rib spatial phone";
    expect(() => decodeSs58(phrase)).toThrow(expect.objectContaining({ code: "SS58_INVALID" }));
    expect(() => decodeSs58(phrase)).not.toThrow("leopard");
  });
});

describe("a hotkey or coldkey", () => {
  test("is its public key in another spelling", () => {
    fc.assert(
      fc.property(anyKey, (key) => {
        expect(publicKeyOf(hotkeyOf(key))).toEqual(key);
        expect(parseHotkey(hotkeyOf(key))).toBe(hotkeyOf(key));
        expect(parseColdkey(coldkeyOf(key))).toBe(coldkeyOf(key));
      }),
    );
  });

  test("is refused when its text is wrong", () => {
    expect(codeOf(() => parseHotkey("5Alice"))).toBe("SS58_INVALID");
    expect(codeOf(() => parseColdkey("5Alice"))).toBe("SS58_INVALID");
  });

  test("is read from a text that may be anything", () => {
    expect(readHotkey(ZERO_ACCOUNT)).toBe(ZERO_ACCOUNT);
    expect(readHotkey("5Alice")).toBeNull();
  });

  test("of 32 zero bytes is the chain's 'none'", () => {
    expect(publicKeyOf(ZERO_ACCOUNT)).toEqual(new Uint8Array(32));
  });
});
