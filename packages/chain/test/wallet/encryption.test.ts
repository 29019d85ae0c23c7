import { describe, expect, test } from "vitest";
import { decryptKeyfile, detectEncryption } from "../../src/wallet/encryption.ts";
import { encryptNacl } from "../../src/wallet/nacl.ts";
import { vectors } from "./fixtures.ts";

const { password } = vectors;
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (plain: Uint8Array) => new TextDecoder().decode(plain);
const nacl = Buffer.from(vectors.nacl.fileBase64, "base64");
const ansible = bytes(vectors.ansible.file);
const fernet = bytes(vectors.fernet.file);

test.each([
  ["nacl", nacl],
  ["ansible", ansible],
  ["fernet", fernet],
  ["none", bytes(vectors.nacl.plain)],
  ["none", bytes("")],
] as const)("a %s file is told by its first bytes", (scheme, file) => {
  expect(detectEncryption(file)).toBe(scheme);
});

describe("$NACL", () => {
  // Each derivation takes four seconds of one core and 512 MiB, hence few tests.
  const slow = { timeout: 60_000 };

  test(
    "sealing the published text with the published nonce gives the published file",
    slow,
    async () => {
      const nonce = Buffer.from(vectors.nacl.nonce, "hex");
      const sealed = await encryptNacl(bytes(vectors.nacl.plain), password, nonce);
      expect(Buffer.from(sealed).equals(nacl)).toBe(true);
    },
  );

  test("the published file opens with its password and with no other", slow, async () => {
    expect(text(await decryptKeyfile(nacl, "nacl", password))).toBe(vectors.nacl.plain);
    const refused = decryptKeyfile(nacl, "nacl", `${password} `);
    await expect(refused).rejects.toMatchObject({ code: "BAD_PASSWORD" });
  });

  test("a file that is cut short is corrupt, and no time is spent on its password", async () => {
    const cut = decryptKeyfile(nacl.subarray(0, 45), "nacl", password);
    await expect(cut).rejects.toMatchObject({ code: "KEYFILE_CORRUPT" });
  });
});

describe("Ansible Vault", () => {
  test("the published file opens, with Windows line ends too", async () => {
    expect(text(await decryptKeyfile(ansible, "ansible", password))).toBe(vectors.ansible.plain);
    const windows = bytes(vectors.ansible.file.replaceAll("\n", "\r\n"));
    expect(text(await decryptKeyfile(windows, "ansible", password))).toBe(vectors.ansible.plain);
  });

  test.each([
    ["a wrong password", vectors.ansible.file, "wrong", "BAD_PASSWORD"],
    ["a file cut in the salt", vectors.ansible.file.slice(0, 60), password, "KEYFILE_CORRUPT"],
    ["an odd digit", vectors.ansible.file.slice(0, -2), password, "KEYFILE_CORRUPT"],
    [
      "an unknown cipher",
      vectors.ansible.file.replace("AES256", "AES"),
      password,
      "UNSUPPORTED_ENCRYPTION",
    ],
    [
      "an unknown version",
      vectors.ansible.file.replace(";1.1;", ";9.0;"),
      password,
      "UNSUPPORTED_ENCRYPTION",
    ],
  ])("%s has its own code", async (_, file, secret, code) => {
    await expect(decryptKeyfile(bytes(file), "ansible", secret)).rejects.toMatchObject({ code });
  });
});

describe("Fernet", () => {
  test("the published file opens; a changed one does not", { timeout: 60_000 }, async () => {
    const changed = bytes(vectors.fernet.file.replace("Hnd_", "Hnd-"));
    const [opened, refused] = await Promise.allSettled([
      decryptKeyfile(fernet, "fernet", password),
      decryptKeyfile(changed, "fernet", password),
    ]);
    expect(opened.status === "fulfilled" && text(opened.value)).toBe(vectors.fernet.plain);
    expect(refused).toMatchObject({ status: "rejected", reason: { code: "BAD_PASSWORD" } });
  });

  test.each([
    ["cut short", vectors.fernet.file.slice(0, 60)],
    ["cut by some bytes", vectors.fernet.file.slice(0, -8)],
    ["not base64url", `${vectors.fernet.file.slice(0, -8)}!!!!`],
  ])("a token that is %s is corrupt, and no time is spent on its password", async (_, token) => {
    await expect(decryptKeyfile(bytes(token), "fernet", password)).rejects.toMatchObject({
      code: "KEYFILE_CORRUPT",
    });
  });
});
