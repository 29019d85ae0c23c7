import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import {
  KeyList,
  KeyNew,
  KeyShow,
  KeySignature,
  KeyVerification,
} from "../src/commands/keys/schemas.ts";
import { run, type Situation } from "./run.ts";
import { temporaryDirectory, temporaryFile } from "./temporary.ts";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const WORDS = "old leopard transfer rib spatial phone calm indicate online fire caution review";
const WORDS_ADDRESS = "5HDvhV6WDCjCKyrXqGQSDYqQAzkzabNhctmiDYEqgBC66BsX";

/** Runs `neurond keys … --json` and checks the answer against the schema that the documentation shows. */
async function json<Schema extends z.ZodType>(
  schema: Schema,
  line: readonly string[],
  situation?: Situation,
): Promise<z.infer<Schema> & { exitCode: number }> {
  const { exitCode, stdout } = await run(["--json", "keys", ...line], situation);
  return Object.assign({ exitCode }, schema.parse(JSON.parse(stdout)));
}

describe("keys new", () => {
  test("makes a hotkey that list and show then tell of, as their schemas say", async () => {
    const path = await temporaryDirectory();
    const wallet = ["--wallet.path", path, "-w", "miner", "-H", "first"];
    const made = await json(KeyNew, ["new", ...wallet]);
    expect((await stat(made.file)).mode & 0o777).toBe(0o600);
    const listed = await json(KeyList, ["list", "--wallet.path", path]);
    expect(listed.wallets).toMatchObject([
      { name: "miner", hotkeys: [{ name: "first", address: made.address, file: "plain" }] },
    ]);
    const shown = await json(KeyShow, ["show", ...wallet]);
    expect(shown).toMatchObject({ hotkeyAddress: made.address, coldkeyFile: "absent" });
  });

  test("a mnemonic from stdin or a file is the key's, whatever spaces it has", async () => {
    const path = await temporaryDirectory();
    const file = await temporaryFile("words.txt", WORDS);
    const piped = ["new", "--wallet.path", path, "-H", "a", "--mnemonic-file", "-"];
    const input = `  ${WORDS.replaceAll(" ", "\n")}\n`;
    expect(await json(KeyNew, piped, { input })).toMatchObject({ address: WORDS_ADDRESS });
    const read = ["new", "--wallet.path", path, "-H", "b", "--mnemonic-file", file];
    expect(await json(KeyNew, read)).toMatchObject({ address: WORDS_ADDRESS });
  });

  test("a development URI and another scheme make the keys everybody knows", async () => {
    const line = ["new", "--wallet.path", await temporaryDirectory(), "--uri", "//Alice"];
    expect(await json(KeyNew, [...line, "-H", "a"])).toMatchObject({ address: ALICE });
    const ed25519 = await json(KeyNew, [...line, "-H", "b", "--scheme", "ed25519"]);
    expect(ed25519.address).toBe("5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu");
  });

  test("never prints the secret", async () => {
    const path = await temporaryDirectory();
    const { stdout, stderr } = await run(["keys", "new", "--wallet.path", path, "--debug"]);
    const { secretPhrase, privateKey } = JSON.parse(
      await readFile(join(path, "default/hotkeys/default"), "utf8"),
    );
    expect(secretPhrase.split(" ")).toHaveLength(12);
    for (const secret of [secretPhrase, privateKey]) expect(stdout + stderr).not.toContain(secret);
  });

  test("an existing hotkey is kept unless --overwrite is given", async () => {
    const line = ["new", "--wallet.path", await temporaryDirectory()];
    const first = await json(KeyNew, line);
    const again = await run(["keys", ...line]);
    expect(again).toMatchObject({ exitCode: 4, stdout: "" });
    expect(again.stderr).toMatch(/^neurond: FILE_EXISTS: .*\n$/);
    const second = await json(KeyNew, [...line, "--overwrite"]);
    expect(second.address).not.toBe(first.address);
  });

  test.each([
    [["--words", "13"], 2, "USAGE"],
    [["--words", "12", "--uri", "//Alice"], 2, "USAGE"],
    [["--scheme", "ecdsa"], 2, "USAGE"],
    [["--mnemonic-file", "/nowhere"], 2, "INPUT_INVALID"],
    [["--mnemonic-file", "-"], 4, "SECRET_INVALID"],
    [["-H", "../../x"], 4, "NAME_INVALID"],
  ])("%j ends with %i", async (line, exitCode, code) => {
    const path = await temporaryDirectory();
    const answer = await run(["keys", "new", "--wallet.path", path, ...line], { input: "old" });
    expect(answer).toMatchObject({ exitCode, stdout: "" });
    expect(answer.stderr).toContain(`neurond: ${code}: `);
  });
});

describe("keys sign and verify", () => {
  const signer = ["--uri", "//Alice"];

  test.each<[string, readonly string[], Situation]>([
    ["an argument", ["hello"], {}],
    ["an argument that looks like an option", ["--", "--a_b"], {}],
    ["--message", ["--message", "--a_b"], {}],
    ["--hex", ["--hex", "0x00ff"], {}],
    ["stdin", ["--file", "-"], { input: new Uint8Array([0, 255, 10]) }],
    ["an empty message", [""], {}],
  ])("%s is signed and verified", async (_, message, situation) => {
    const { signature } = await json(KeySignature, ["sign", ...signer, ...message], situation);
    const check = ["verify", "-s", signature, "-a", ALICE, ...message];
    expect(await json(KeyVerification, check, situation)).toMatchObject({
      exitCode: 0,
      valid: true,
      form: "plain",
    });
  });

  test("a message in <Bytes> verifies with and without saying so", async () => {
    const wrapped = await json(KeySignature, ["sign", ...signer, "hello", "--wrap"]);
    const line = ["-s", wrapped.signature, "-p", wrapped.publicKey];
    expect(await json(KeyVerification, ["verify", "hello", ...line])).toMatchObject({
      valid: true,
      form: "wrapped",
    });
    const spelled = await json(KeyVerification, ["verify", "<Bytes>hello</Bytes>", ...line]);
    expect(spelled).toMatchObject({ valid: true, form: "plain" });
  });

  test.each([
    ["another message", ["hullo"], ALICE],
    ["another signer", ["hello"], WORDS_ADDRESS],
  ])("%s does not verify, and the exit code says so", async (_, message, address) => {
    const { signature } = await json(KeySignature, ["sign", ...signer, "hello"]);
    const answer = await json(KeyVerification, [
      "verify",
      ...message,
      "-s",
      signature,
      "-a",
      address,
    ]);
    expect(answer).toMatchObject({ exitCode: 1, valid: false, form: null });
  });

  test("ed25519 works from a wallet that says so, and verify finds the signer there", async () => {
    const wallet = ["--wallet.path", await temporaryDirectory()];
    await json(KeyNew, ["new", ...wallet, "--scheme", "ed25519"]);
    const { signature, scheme } = await json(KeySignature, ["sign", ...wallet, "hello"]);
    expect(scheme).toBe("ed25519");
    const check = ["verify", "hello", ...wallet, "-s", signature, "--scheme", scheme];
    expect(await json(KeyVerification, check)).toMatchObject({ valid: true });
  });

  test("a hotkey that the environment carries signs, unless a flag names a wallet", async () => {
    const env = { BT_HOTKEY_MNEMONIC: WORDS, HOME: await temporaryDirectory() };
    const carried = await json(KeySignature, ["sign", "hello"], { env });
    expect(carried.address).toBe(WORDS_ADDRESS);
    const named = await run(["keys", "sign", "hello", "-w", "default"], { env });
    expect(named).toMatchObject({ exitCode: 4, stdout: "" });
  });

  test("a coldkey that is sealed wants a password, and does not ask a script for it", async () => {
    const path = await temporaryDirectory();
    const vault = await readFile(join(import.meta.dirname, "vectors/coldkey.ansible"));
    await json(KeyNew, ["new", "--wallet.path", path]);
    await writeFile(join(path, "default/coldkey"), vault, { mode: 0o600 });
    const line = ["sign", "hello", "--coldkey", "--wallet.path", path];
    const refused = await run(["keys", ...line, "--json"], { terminal: true });
    expect(refused.exitCode).toBe(4);
    expect(JSON.parse(refused.stdout)).toHaveProperty("error.code", "PASSWORD_REQUIRED");
    const file = await temporaryFile("password", "Test-Passw0rd!\n");
    const signed = await json(KeySignature, [...line, "--wallet.password-file", file]);
    expect(signed.address).toBe(ALICE);
    const typed = await run(["keys", ...line], { terminal: true, input: "Test-Passw0rd!\r" });
    expect(typed).toMatchObject({ exitCode: 0 });
    expect(typed.stderr).toContain("Password for ");
    expect(typed.stderr).not.toContain("Passw0rd");
    const left = await run(["keys", ...line], { terminal: true, input: "Test\u0003" });
    expect(left).toMatchObject({ exitCode: 130, stdout: "" });
  });

  test.each([
    [["sign", ...signer], "USAGE"],
    [["sign", ...signer, "a", "--hex", "0x00"], "USAGE"],
    [["sign", ...signer, "--hex", "0x0"], "HEX_INVALID"],
    [["sign", ...signer, "--file", "/nowhere"], "INPUT_INVALID"],
    [["sign", "--uri", "Alice/", "a"], "SECRET_URI_INVALID"],
    [["verify", "a"], "USAGE"],
    [["verify", "a", "-s", "0x00", "-a", "5Grw"], "SS58_INVALID"],
    [["verify", "a", "-s", "0x00", "-p", "0x00"], "INPUT_INVALID"],
    [["verify", "a", "-s", "0x00", "-p", "0x00", "-a", ALICE], "USAGE"],
  ])("%j is bad input", async (line, code) => {
    const answer = await run(["keys", ...line]);
    expect(answer).toMatchObject({ exitCode: 2, stdout: "" });
    expect(answer.stderr).toContain(`neurond: ${code}: `);
  });
});

test("a key file that others can read is used, with a warning on stderr that --quiet silences", async () => {
  const path = await temporaryDirectory();
  const { file } = await json(KeyNew, ["new", "--wallet.path", path]);
  await writeFile(join(path, "open"), await readFile(file), { mode: 0o644 });
  const { chmod } = await import("node:fs/promises");
  await chmod(file, 0o644);
  const line = ["keys", "sign", "hello", "--wallet.path", path];
  expect((await run(line)).stderr).toMatch(/^warning: .* chmod 600/);
  expect((await run([...line, "--quiet"])).stderr).toBe("");
});

test("show says what is missing", async () => {
  const path = await temporaryDirectory();
  const answer = await run(["keys", "show", "--wallet.path", path]);
  expect(answer).toMatchObject({ exitCode: 4, stdout: "" });
});
