import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  askHidden,
  findPassword,
  obfuscatePassword,
  passwordVariable,
} from "../../src/wallet/index.ts";
import { temporaryDirectory, vectors, walletWith } from "./fixtures.ts";

const path = "/home/user/.bittensor/wallets/default/coldkey";
const variable = "BT_PW__HOME_USER__BITTENSOR_WALLETS_DEFAULT_COLDKEY";

describe("BT_PW_", () => {
  test("the name and value are btwallet's", () => {
    expect(passwordVariable(path)).toBe(variable);
    expect(obfuscatePassword("Test-Passw0rd!", variable)).toBe("FjEsJHoPPjs8OnUtMXI=");
  });

  test("any password survives the round trip", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1 }), async (password) => {
        const env = { [variable]: obfuscatePassword(password, variable) };
        expect(await findPassword({ path, env }, {})).toBe(password);
      }),
    );
  });

  test("the tilde spelling of a path in the home directory is found too", async () => {
    const tilde = passwordVariable("~/.bittensor/wallets/default/coldkey");
    const env = { HOME: "/home/user", [tilde]: obfuscatePassword("secret", tilde) };
    expect(await findPassword({ path, env }, {})).toBe("secret");
  });
});

test("sources are asked in order, and the first that is set decides", async () => {
  const file = join(await temporaryDirectory(), "password");
  const otherFile = `${file}.env`;
  await writeFile(file, "from flag\nsecond line\n");
  await writeFile(otherFile, "from variable\r\n");
  const env = {
    BT_WALLET_PASSWORD_FILE: otherFile,
    [variable]: obfuscatePassword("rust", variable),
    BT_COLD_PW_MY_WALLET: "python",
  };
  const prompt = async () => "  typed ";
  const ask = (names: readonly string[], sources = {}) =>
    findPassword(
      {
        path,
        walletName: "my-wallet",
        env: Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name))),
      },
      { prompt, ...sources },
    );
  const all = Object.keys(env);
  expect(await ask(all, { password: "given", passwordFile: file })).toBe("given");
  expect(await ask(all, { passwordFile: file })).toBe("from flag");
  expect(await ask(all)).toBe("from variable");
  expect(await ask([variable, "BT_COLD_PW_MY_WALLET"])).toBe("rust");
  expect(await ask(["BT_COLD_PW_MY_WALLET"])).toBe("python");
  expect(await ask([])).toBe("typed");
});

test("with nobody to ask, a password is required and nothing hangs", async () => {
  await expect(findPassword({ path, env: {} }, {})).rejects.toMatchObject({
    code: "PASSWORD_REQUIRED",
  });
});

test("a password file that is not there is not an empty password", async () => {
  await expect(
    findPassword({ path, env: {} }, { passwordFile: "/nowhere/password" }),
  ).rejects.toMatchObject({ code: "PASSWORD_FILE_UNREADABLE" });
});

test("a sealed coldkey opens with the variable of its wallet, and its password is in no error", async () => {
  const file = vectors.ansible.file;
  const right = await walletWith(
    { coldkey: file },
    { env: { BT_COLD_PW_DEFAULT: vectors.password } },
  );
  const pair = await right.unlockColdkey();
  expect(String(pair)).toContain(vectors.alice.address);
  const wrong = await walletWith(
    { coldkey: file },
    { env: { BT_COLD_PW_DEFAULT: "hunter2hunter2" } },
  );
  const error: unknown = await wrong.unlockColdkey().catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "BAD_PASSWORD" });
  expect(JSON.stringify(error)).not.toContain("hunter2");
});

describe("the prompt", () => {
  function terminal() {
    const raw: boolean[] = [];
    const input = Object.assign(new PassThrough(), { setRawMode: (on: boolean) => raw.push(on) });
    const output = new PassThrough();
    return { input, output, raw };
  }

  test("shows the question and nothing of the answer", async () => {
    const { input, output, raw } = terminal();
    const answer = askHidden("Password: ", { input, output });
    input.write("wrong\u0015pä");
    input.write("x\u007f");
    for (const byte of Buffer.from("ßs\rrest")) input.write(Buffer.of(byte));
    expect(await answer).toBe("päßs");
    expect(String(output.read())).toBe("Password: \n");
    expect(raw).toEqual([true, false]);
  });

  test.each([
    ["control-C", "abc\u0003"],
    ["control-D", "\u0004"],
  ])("ends with a coded error on %s, with the terminal restored", async (_, typed) => {
    const { input, output, raw } = terminal();
    const answer = askHidden("Password: ", { input, output });
    input.write(typed);
    await expect(answer).rejects.toMatchObject({ code: "PROMPT_INTERRUPTED" });
    expect(raw).toEqual([true, false]);
  });
});
