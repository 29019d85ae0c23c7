import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseKeyContents } from "../../src/wallet/contents.ts";
import { hotkeyAddressOf, vectors, walletWith } from "./fixtures.ts";

const { alice, mnemonic, btwallet401 } = vectors;
const json = (fields: object) => JSON.stringify(fields);
const publicFields = {
  accountId: alice.publicKey,
  publicKey: alice.publicKey,
  ss58Address: alice.address,
};

describe("every way a key file was written gives the same key", () => {
  test.each<[string, string, string]>([
    ["btwallet 4.0.1, from a mnemonic", btwallet401.mnemonicHotkey, mnemonic.address],
    ["btwallet 4.0.1, from a URI", btwallet401.uriHotkey, alice.address],
    ["seed only", json({ ...publicFields, secretSeed: alice.seed }), alice.address],
    ["canonical private key only", json({ privateKey: alice.canonical }), alice.address],
    [
      "the Python era, with nulls and its key order",
      json({
        ...publicFields,
        privateKey: null,
        secretPhrase: null,
        secretSeed: alice.seed,
        cryptoType: null,
      }),
      alice.address,
    ],
    [
      "a leading space in a key",
      json({ " ss58Address": alice.address, secretSeed: alice.seed }),
      alice.address,
    ],
    ["cryptoType as a number", json({ cryptoType: 1, secretSeed: alice.seed }), alice.address],
    ["cryptoType as a string", json({ cryptoType: "1", secretSeed: alice.seed }), alice.address],
    ["a bare seed", alice.seed, alice.address],
    ["a bare seed without 0x and with a newline", `${alice.seed.slice(2)}\n`, alice.address],
    ["a bare private key", alice.canonical, alice.address],
    ["a bare mnemonic", `${mnemonic.words}\n`, mnemonic.address],
  ])("%s", async (_, content, address) => {
    expect(await hotkeyAddressOf(content)).toBe(address);
  });

  test("a bare hex string in a public file is a public key", async () => {
    const wallet = await walletWith({ "coldkeypub.txt": alice.publicKey });
    expect(await wallet.coldkeyAddress()).toBe(alice.address);
  });

  test("a public file needs no address when it has the key", async () => {
    const wallet = await walletWith({ "coldkeypub.txt": json({ accountId: alice.publicKey }) });
    expect(await wallet.coldkeyAddress()).toBe(alice.address);
  });
});

describe("the address a file claims decides between its secrets", () => {
  test("a mnemonic of another key is passed over for the seed", async () => {
    const content = json({
      secretPhrase: mnemonic.words,
      secretSeed: alice.seed,
      ss58Address: alice.address,
    });
    expect(await hotkeyAddressOf(content)).toBe(alice.address);
  });

  test("without a claim the mnemonic wins over the seed", async () => {
    const content = json({ secretPhrase: mnemonic.words, secretSeed: alice.seed });
    expect(await hotkeyAddressOf(content)).toBe(mnemonic.address);
  });

  test("a file that means ed25519 without saying so is recognised by its address", async () => {
    const declared = await hotkeyAddressOf(json({ cryptoType: 0, privateKey: alice.seed }));
    expect(declared).not.toBe(alice.address);
    expect(await hotkeyAddressOf(json({ secretSeed: alice.seed, ss58Address: declared }))).toBe(
      declared,
    );
  });

  test("a secret of yet another key is refused, not used", async () => {
    const content = json({ secretSeed: alice.seed, ss58Address: mnemonic.address });
    await expect(hotkeyAddressOf(content)).rejects.toMatchObject({ code: "KEYFILE_MISMATCH" });
  });

  test("a public file whose key and address differ is refused", async () => {
    const content = json({ publicKey: alice.publicKey, ss58Address: mnemonic.address });
    const wallet = await walletWith({ "coldkeypub.txt": content });
    await expect(wallet.coldkeyAddress()).rejects.toMatchObject({ code: "KEYFILE_MISMATCH" });
  });
});

describe("what cannot be used says why", () => {
  test.each([
    ["an empty file", "", "KEYFILE_CORRUPT"],
    ["cut JSON", json({ secretSeed: alice.seed }).slice(0, -4), "KEYFILE_CORRUPT"],
    ["a seed of 31 bytes", json({ secretSeed: alice.seed.slice(0, -2) }), "KEYFILE_CORRUPT"],
    ["a seed that is a number", json({ secretSeed: 7 }), "KEYFILE_CORRUPT"],
    ["words that are no mnemonic", json({ secretPhrase: "one two" }), "KEYFILE_CORRUPT"],
    ["an address that is none", json({ ...publicFields, ss58Address: "5Grw" }), "KEYFILE_CORRUPT"],
    [
      "a hashed account",
      json({ ...publicFields, cryptoType: 4, hashedDescriptor: "0x00" }),
      "UNSUPPORTED_ACCOUNT_TYPE",
    ],
    ["an ML-DSA account", json({ ...publicFields, cryptoType: 3 }), "UNSUPPORTED_ACCOUNT_TYPE"],
    [
      "a polkadot-js export",
      json({ encoded: "AAAA", encoding: { version: "3" }, address: alice.address }),
      "POLKADOT_EXPORT",
    ],
    ["JSON of something else", json({ name: "x" }), "UNKNOWN_FORMAT"],
    ["prose", "Dear diary,", "UNKNOWN_FORMAT"],
    ["thirteen words", Array(13).fill("abandon").join(" "), "UNKNOWN_FORMAT"],
    ["bytes", "\u0000\u0001\u0002", "UNKNOWN_FORMAT"],
    ["a very large file", "a ".repeat(40_000), "UNKNOWN_FORMAT"],
  ])("%s", async (_, content, code) => {
    await expect(hotkeyAddressOf(content)).rejects.toMatchObject({ code });
  });

  test("a file with only a public key has no secret to sign with", async () => {
    const wallet = await walletWith({ "hotkeys/default": json(publicFields) });
    await expect(wallet.hotkeyPair()).rejects.toMatchObject({ code: "NO_SECRET" });
  });
});

describe("secrets stay out of errors", () => {
  const secrets = [alice.seed.slice(2), alice.canonical.slice(2), "leopard", "caution"];

  test.each([
    ["cut JSON with a seed", `{"secretSeed":"${alice.seed}"`],
    ["JSON whose error is right after the seed", `{"secretSeed":"${alice.seed}" x}`],
    ["a seed one digit too long", `{"secretSeed":"${alice.seed}0"}`],
    ["a mnemonic with a wrong word", `{"secretPhrase":"${mnemonic.words} zoo"}`],
    ["a private key of the wrong length", `{"privateKey":"${alice.canonical}00"}`],
    ["a bare mnemonic with a capital", mnemonic.words.replace("old", "Old")],
    ["a mismatch", json({ secretSeed: alice.seed, ss58Address: mnemonic.address })],
    ["a bare seed with a letter too many", `${alice.seed}g`],
  ])("%s", async (_, content) => {
    const error: unknown = await hotkeyAddressOf(content).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    const shown = inspect(error, { depth: 10, showHidden: true });
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });
});

test("no text whatever makes the parser throw anything but a coded error", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.json()),
      fc.constantFrom("private", "public"),
      (text, role) => {
        try {
          parseKeyContents(new TextEncoder().encode(text), role);
        } catch (error) {
          expect(error).toHaveProperty("code");
        }
      },
    ),
  );
});
